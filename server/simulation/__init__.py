"""Made-up patients whose answers come about as often, and last as long, as published figures say. Pure: the same seed
gives the same people, day for day, whatever is asked of them first.

`figures` holds what is assumed and where from, `people` who they are and when they are treated, `felt` what they feel
so many hours after a dose, `forms` what they answer to a form, `habits` whether and when they answer, `planted` the
emergencies that must be found, `life` a whole clinic lived through without a database.
"""
