"""The read side: one alert with all that a caller needs in ten seconds, one timeline per patient."""
