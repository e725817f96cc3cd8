"""The tables of the clinical safety page, transcribed by the words that patients see. R, S, U, E; "-" is not asked."""

TIERS = {"R": "routine", "S": "same_day", "U": "urgent", "E": "emergency"}

DANGERS = [
    "Chest pain or a tight chest",
    "Hard to breathe",
    "Passed out, or had a fit",
    "Weak or numb on one side, or cannot speak clearly",
    "Sudden, very bad headache, or sudden trouble seeing",
]

Row = tuple[str, tuple[str, ...]]

ACUTE: dict[str, list[Row]] = {
    "Who is holding this phone?": [
        ("I had the treatment", ("R", "R", "R")),
        ("This is not for me", ("S", "S", "S")),
    ],
    "Is any of this happening right now?": [
        *((danger, ("E", "E", "E")) for danger in DANGERS),
        ("None of these", ("R", "R", "R")),
    ],
    "Where are you now?": [
        ("Somewhere safe, with an adult", ("R", "R", "-")),
        ("Somewhere safe, alone", ("R", "R", "-")),
        ("On the way, someone else drives", ("R", "S", "-")),
        ("I am driving", ("U", "S", "-")),
        ("I do not feel safe here", ("U", "U", "-")),
    ],
    "How awake are you?": [
        ("Awake, or a bit tired", ("R", "R", "R")),
        ("Sleepy, but I wake up easily", ("R", "R", "S")),
        ("Very hard to stay awake", ("U", "U", "U")),
    ],
    "Do things seem strange or mixed up?": [
        ("No", ("R", "R", "R")),
        ("A little", ("R", "R", "S")),
        ("A lot, but I know where I am", ("S", "U", "U")),
        ("So much that I am lost, scared, or see or hear things", ("U", "U", "U")),
    ],
    "How steady are you?": [
        ("Steady", ("R", "R", "R")),
        ("A bit dizzy or blurry", ("R", "R", "S")),
        ("I need help to walk", ("S", "U", "U")),
        ("I fell, not hurt", ("S", "S", "S")),
        ("I fell and hit my head or got hurt", ("U", "U", "U")),
    ],
    "Have you felt sick or thrown up?": [
        ("No", ("R", "R", "R")),
        ("Felt sick only", ("R", "R", "R")),
        ("Threw up once or twice", ("R", "S", "S")),
        ("Threw up 3 times or more, or cannot keep water down", ("U", "U", "U")),
    ],
    "Any headache or other pain?": [
        ("No", ("R", "R", "R")),
        ("Mild", ("R", "R", "R")),
        ("Bad, but I can cope", ("S", "S", "S")),
        ("Too bad to cope", ("U", "U", "U")),
    ],
    "This one is just for you. How are your feelings?": [
        ("Calm or okay", ("R", "R", "R")),
        ("A bit upset or on edge", ("R", "R", "S")),
        ("Very upset or scared", ("U", "U", "U")),
        ("I do not feel safe with my thoughts", ("U", "U", "U")),
    ],
    "Since you left, how is it going?": [
        ("Fine or better, no call needed", ("R", "R", "R")),
        ("Not better, call me today", ("S", "S", "S")),
        ("Getting worse, call me now", ("U", "U", "U")),
    ],
}

COMPANION: dict[str, list[Row]] = {
    "Talk to them, or gently shake their shoulder. What happens?": [
        ("Awake, or wakes and stays awake", ("R", "R", "R")),
        ("Wakes, then drops off again", ("U", "U", "U")),
        ("Does not wake up", ("E", "E", "E")),
    ],
    "Watch them breathe for 30 seconds.": [
        ("Calm and even", ("R", "R", "R")),
        ("Snoring, but even", ("R", "R", "R")),
        ("Very slow, or with long gaps", ("E", "E", "E")),
        ("Lips or face look blue or gray", ("E", "E", "E")),
    ],
    "Do you see any of this?": [
        ("A fit or passed out", ("E", "E", "E")),
        ("Chest pain or cannot get breath", ("E", "E", "E")),
        ("Face droops or one side is weak", ("E", "E", "E")),
        ("Throwing up while very sleepy", ("E", "E", "E")),
        ("None of these", ("R", "R", "R")),
    ],
    "Do they know who you are and where they are?": [
        ("Yes", ("R", "R", "R")),
        ("A bit mixed up, but calm", ("R", "R", "S")),
        ("Very mixed up, scared, or not safe to leave", ("U", "U", "U")),
    ],
    "How many times have they thrown up?": [
        ("None", ("R", "R", "R")),
        ("1 or 2", ("R", "R", "S")),
        ("3 or more", ("U", "U", "U")),
    ],
    "Did they fall or get hurt?": [
        ("No", ("R", "R", "R")),
        ("Fell, not hurt", ("S", "S", "S")),
        ("Hit head, or hurt", ("U", "U", "U")),
    ],
    "Can you stay with them until {time}?": [("Yes", ("R", "R", "R")), ("No", ("S", "S", "S"))],
    "Do you want us to call you?": [
        ("No", ("R", "R", "R")),
        ("Today", ("S", "S", "S")),
        ("Now", ("U", "U", "U")),
    ],
}

DAY: dict[str, list[Row]] = {
    "Is any of this happening right now?": ACUTE["Is any of this happening right now?"],
    "How did you sleep?": [
        ("Well or okay", ("R", "R")),
        ("Badly, or bad dreams", ("R", "R")),
        ("Almost none, and I am worn out", ("R", "S")),
        ("Almost none, but I am full of energy", ("S", "S")),
    ],
    "How worried or on edge are you?": [
        ("Not at all", ("R", "R")),
        ("A little", ("R", "R")),
        ("A lot", ("S", "S")),
        ("So much I cannot bear it", ("U", "U")),
    ],
    "Is any of this new and not like you?": [
        ("No", ("R", "R")),
        ("My mind races, or I have far too much energy", ("S", "S")),
        ("I see or hear things others do not", ("U", "U")),
        ("I feel watched, or that people want to hurt me", ("U", "U")),
    ],
    "Since the treatment, have you done any of these?": [
        ("None", ("R", "-")),
        ("Drove, after a full night of sleep", ("R", "-")),
        ("Drove before I had slept", ("S", "-")),
        ("Drank alcohol, or took other drugs", ("R", "-")),
        ("Took more ketamine than planned", ("S", "-")),
    ],
    "Since the treatment, have you signed papers or made a big decision?": [("No", ("R", "-")), ("Yes", ("R", "-"))],
    "Compared with before this treatment, how are you?": [
        ("Better", ("-", "R")),
        ("Same", ("-", "R")),
        ("Worse", ("-", "S")),
    ],
    "Do you want a call?": [("No", ("R", "R")), ("Today", ("S", "S")), ("Now", ("U", "U"))],
}

LEFT: dict[str, dict[str, tuple[str, str]]] = {
    "I notice it, but can do things": {
        "Sleepy or slow": ("R", "R"),
        "Dizzy or unsteady": ("R", "R"),
        "Strange or unreal": ("R", "S"),
        "Sick or throwing up": ("R", "R"),
        "Headache": ("R", "R"),
        "Blurry sight": ("R", "R"),
        "Heart pounding": ("R", "S"),
        "Pain or trouble when I pee": ("R", "S"),
    },
    "It slows me down": {"Headache": ("S", "S"), "Heart pounding": ("U", "U")},
    "I cannot do normal things": {"Headache": ("U", "U"), "Heart pounding": ("E", "E")},
}

SAFE: dict[str, list[str]] = {
    "This one is just for you. Since we last asked, did you think about harming yourself or ending your life?": [
        "No",
        "Life felt not worth it, but no more than that",
        "Yes",
        "I would rather talk to a person",
    ],
    "Can you keep yourself safe until tomorrow?": ["Yes", "I am not sure", "No"],
    "Since we last asked, have you hurt yourself on purpose, or come close to it?": [
        "No",
        "Yes, and I am okay now",
        "Yes, and I need medical help",
    ],
    "Are those thoughts here now?": ["No, they passed", "They come and go", "Yes, right now"],
    "Did a way of doing it come to mind?": ["No", "Yes", "I do not want to say"],
    "Have you picked a time or place, or got something ready?": ["No", "Yes", "I do not want to say"],
    "Compared with what is usual for you, is this...": ["Less", "Same", "More or new"],
    "Is there someone you trust with you?": ["Yes", "I can reach someone", "No"],
}

DAYS = ["0", "1-2", "3-4", "5-7"]

WEEK_SCORED: dict[str, list[str]] = {
    "On how many of those days did you feel low for most of the day?": DAYS,
    "On how many days was there something you enjoyed?": DAYS[::-1],
    "On how many days was it hard to do basic things, like wash, eat or get up?": DAYS,
    "On how many days did worry get in the way of what you wanted to do?": DAYS,
    "On how many days did you feel a rush of fear, or tense and shaky?": DAYS,
}
"""Options in the order of their scores, 0 to 3."""

WEEK: dict[str, list[tuple[str, str]]] = {
    "How have you slept this week?": [
        ("Well or okay", "R"),
        ("Badly, or bad dreams", "R"),
        ("Almost none, and I am worn out", "S"),
        ("Almost none, but I am full of energy", "S"),
    ],
    "Is any of this new and not like you?": [
        ("No", "R"),
        ("My mind races, or I have far too much energy", "S"),
        ("I see or hear things others do not", "U"),
        ("I feel watched, or that people want to hurt me", "U"),
    ],
    "Do you want someone to call?": [("No", "R"), ("This week", "R"), ("Today", "S"), ("Now", "U")],
}

MONTH: dict[str, list[tuple[str, str]]] = {
    "In the past 4 weeks, what changed when you pee?": [
        ("Nothing", "R"),
        ("I go far more or must rush", "S"),
        ("It hurts in the bladder or when I pee", "S"),
        ("I saw blood", "U"),
    ],
    "Was it harder to remember or focus?": [("No", "R"), ("A bit", "R"), ("Enough to cause problems", "S")],
    "Did you crave ketamine, or use any that was not part of your plan?": [
        ("No", "R"),
        ("Craved it but did not use", "R"),
        ("Used some", "S"),
    ],
    "Is any of this new?": [
        ("No", "R"),
        ("New medicine or dose", "S"),
        ("Pregnant, may be, or trying", "S"),
        ("Breastfeeding", "S"),
        ("New health problem", "S"),
    ],
}
