"""`python -m server simulate`: a made-up clinic with as many patients as wanted, weeks of it, through the real flow."""
