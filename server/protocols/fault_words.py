"""The faults of `validate` in the words of whoever edits a protocol: patterns of theirs, English and Spanish."""

from server.protocols.questionnaires import Text

PLAIN: tuple[tuple[str, Text], ...] = (
    (r"no en words", {"en": "There are no English words.", "es": "Falta el texto en inglés."}),
    (r"no es words", {"en": "There are no Spanish words.", "es": "Falta el texto en español."}),
    (
        r"unknown item (?P<x>\S+).*",
        {
            "en": "It looks at a question that nobody asks any more ({x}).",
            "es": "Mira una pregunta que ya nadie hace ({x}).",
        },
    ),
    (
        r"unknown input (?P<x>\S+).*",
        {
            "en": "What the team reads names something that is not known ({x}).",
            "es": "Lo que lee el equipo nombra algo desconocido ({x}).",
        },
    ),
    (
        r"is about (?P<x>\S+), which nobody asks",
        {
            "en": "It is about a question that nobody asks any more ({x}).",
            "es": "Trata de una pregunta que ya nadie hace ({x}).",
        },
    ),
    (
        r"opens the safety questions and may be skipped",
        {
            "en": "The safety questions hang on it: it must be answered.",
            "es": "De ella dependen las preguntas de seguridad: debe responderse.",
        },
    ),
    (
        r"unknown check-in (?P<x>\S+)",
        {
            "en": "It looks at a check-in that is no longer planned ({x}).",
            "es": "Mira un control que ya no está previsto ({x}).",
        },
    ),
    (
        r"unknown questionnaire (?P<x>\S+)",
        {"en": "There is no such questionnaire ({x}).", "es": "No existe ese cuestionario ({x})."},
    ),
    (
        r"unknown score (?P<x>\S+)",
        {"en": "It looks at a score that nobody counts ({x}).", "es": "Mira una puntuación que nadie calcula ({x})."},
    ),
    (
        r"unknown rule (?P<x>\S+)",
        {
            "en": "It looks at a rule that is switched off or gone ({x}).",
            "es": "Mira una regla desactivada o eliminada ({x}).",
        },
    ),
    (
        r"unknown source (?P<x>\S+)",
        {"en": "Its source is not in the list ({x}).", "es": "Su fuente no está en la lista ({x})."},
    ),
    (
        r"(?P<x>\S+) has no option (?P<y>\S+)",
        {
            "en": "It looks for an answer that is no longer offered ({y}).",
            "es": "Busca una respuesta que ya no se ofrece ({y}).",
        },
    ),
    (
        r"compares (?P<x>\S+) with nothing",
        {"en": "It does not say which answers it is about.", "es": "No dice a qué respuestas se refiere."},
    ),
    (
        r"can never fire|no form that is asked can meet its condition|\S+ never has such an answer",
        {
            "en": "This rule can never apply: nothing that is asked leads to it.",
            "es": "Esta regla nunca puede cumplirse: nada de lo que se pregunta lleva a ella.",
        },
    ),
    (
        r"the hours of tier_by_hours must rise and end open",
        {
            "en": "The hours must go up from line to line, and the last line has no end.",
            "es": "Las horas deben ir en aumento y la última línea no tiene fin.",
        },
    ),
    (
        r"needs exactly one of .*",
        {"en": "It must say how urgent it is, in one way only.", "es": "Debe decir su urgencia, de una sola manera."},
    ),
    (
        r"offset and window must be ahead",
        {
            "en": "It must be open for some time, and not before its moment.",
            "es": "Debe estar abierto un tiempo, y no antes de su momento.",
        },
    ),
    (
        r"a nudge lies outside the window",
        {
            "en": "A reminder comes before the check-in or after it is closed.",
            "es": "Un recordatorio llega antes del control o cuando ya está cerrado.",
        },
    ),
    (
        r"(?P<x>\S*) is not a time of day",
        {"en": "A time of day is needed here, such as 20:30.", "es": "Hace falta una hora, por ejemplo 20:30."},
    ),
    (
        r"asks the companion (?P<x>\S+), which is private",
        {
            "en": "The companion would see a question that is only for the patient ({x}).",
            "es": "La persona acompañante vería una pregunta solo para la otra persona ({x}).",
        },
    ),
    (
        r"turns to the companion, whom .*",
        {
            "en": "This protocol never asks the companion.",
            "es": "Este protocolo nunca pregunta a la persona acompañante.",
        },
    ),
    (
        r"turns to the companion outside its window",
        {
            "en": "The companion must be asked while the check-in is still open.",
            "es": "Hay que preguntar a la persona acompañante mientras el control está abierto.",
        },
    ),
    (
        r"a course's check-in must say how it repeats",
        {"en": "It must say how often it is asked.", "es": "Debe decir cada cuánto se pregunta."},
    ),
    (
        r"only a course's check-in repeats",
        {
            "en": "Only a check-in of the whole course repeats.",
            "es": "Solo se repite un control de todo el tratamiento.",
        },
    ),
    (
        r"repeats on whole days.*",
        {
            "en": "It repeats on whole days, the first of them before the course ends.",
            "es": "Se repite en días enteros, el primero antes de que acabe el tratamiento.",
        },
    ),
    (
        r"its window reaches into the next one",
        {
            "en": "It is open for so long that it meets the next one.",
            "es": "Está abierto tanto tiempo que llega al siguiente.",
        },
    ),
    (r"nobody asks it", {"en": "No check-in asks this question.", "es": "Ningún control hace esta pregunta."}),
    (
        r"no session of this protocol is asked",
        {
            "en": "Nobody is ever asked: its limits fit no session of this protocol.",
            "es": "Nunca se pregunta a nadie: sus límites no encajan con ninguna sesión de este protocolo.",
        },
    ),
    (
        r"is asked when an answer calls .*",
        {
            "en": "It follows an answer, so it cannot be limited to some sessions.",
            "es": "Sigue a una respuesta: no puede limitarse a algunas sesiones.",
        },
    ),
    (
        r"asks the same as (?P<x>\S+) within (?P<y>\d+) days|asks again within (?P<z>\d+) days",
        {
            "en": "It asks the same questions again too soon: they look back further than that.",
            "es": "Repite las mismas preguntas demasiado pronto: miran más atrás.",
        },
    ),
    (
        r"depends on (?P<x>\S+), which is not asked before it",
        {
            "en": "It depends on a question that does not come before it ({x}).",
            "es": "Depende de una pregunta que no va antes ({x}).",
        },
    ),
    (
        r"fewer than two options",
        {"en": "It needs at least two answers to choose from.", "es": "Necesita al menos dos respuestas para elegir."},
    ),
    (
        r"a scale needs min below max",
        {
            "en": "The scale needs a lowest and a highest number.",
            "es": "La escala necesita un número mínimo y uno máximo.",
        },
    ),
    (
        r"resting needs (?P<x>\S+), which is not asked",
        {
            "en": "“I need to rest” waits for a question that is no longer asked ({x}).",
            "es": "«Necesito descansar» espera una pregunta que ya no se hace ({x}).",
        },
    ),
    (
        r"(?P<x>\S+) is not asked",
        {
            "en": "A score counts a question that is no longer asked ({x}).",
            "es": "Una puntuación cuenta una pregunta que ya no se hace ({x}).",
        },
    ),
    (
        r"looks at \S+ sessions",
        {
            "en": "Sessions: it can look at 2 to 6 of the patient's own sessions.",
            "es": "Sesiones: puede mirar de 2 a 6 sesiones de la propia persona.",
        },
    ),
    (
        r"counts steps of .*",
        {
            "en": "It counts steps between answers that are in no order.",
            "es": "Cuenta pasos entre respuestas sin orden.",
        },
    ),
    (
        r"nothing usual is known of (?P<x>\S+)",
        {
            "en": "It compares with what is usual, and nothing usual is known of this question ({x}).",
            "es": "Compara con lo habitual, y no se sabe qué es habitual en esta pregunta ({x}).",
        },
    ),
    (
        r"ends before it begins",
        {
            "en": "Hours: it ends before it begins. Give it hours, or a morning.",
            "es": "Horas: termina antes de empezar. Ponga horas o una mañana.",
        },
    ),
    (
        r"lasts longer than (?P<x>\d+) days",
        {"en": "Hours: no more than {x} days.", "es": "Horas: no más de {x} días."},
    ),
    (
        r"midway_minutes must be from (?P<x>\d+) to (?P<y>\d+)",
        {
            "en": "Time for the rest of a form: from {x} to {y} minutes.",
            "es": "Tiempo para el resto de un formulario: de {x} a {y} minutos.",
        },
    ),
    (
        r"its hours must rise and end open",
        {
            "en": "Hours: they must go up from line to line, and the last line has no end.",
            "es": "Horas: deben ir en aumento y la última línea no tiene fin.",
        },
    ),
    (r"names no route", {"en": "Route: choose at least one.", "es": "Vía: elija al menos una."}),
    (
        r"a route has two courses",
        {
            "en": "Route: for one of them it is said twice what is usual.",
            "es": "Vía: en una de ellas se dice dos veces qué es habitual.",
        },
    ),
    (
        r"no option (?P<x>\S+)",
        {
            "en": "Answer: this question does not offer it any more ({x}).",
            "es": "Respuesta: esta pregunta ya no la ofrece ({x}).",
        },
    ),
    (
        r"not an item with graded options",
        {
            "en": "Question: its answers are in no order from best to worst, or nobody asks it.",
            "es": "Pregunta: sus respuestas no van de mejor a peor, o nadie la hace.",
        },
    ),
    (
        r"a question has no words in the language of its file",
        {"en": "A question has no words.", "es": "Una pregunta no tiene texto."},
    ),
    (
        r"an answer has no words",
        {"en": "An answer has no words.", "es": "Una respuesta no tiene texto."},
    ),
    (
        r"calls nobody",
        {
            "en": "At a step of it nobody is called.",
            "es": "En uno de sus pasos no se avisa a nadie.",
        },
    ),
    (
        r"waits no time at all, or more than a day",
        {
            "en": "A wait must be one minute or more, and no more than a day.",
            "es": "Una espera debe ser de un minuto o más, y de un día como mucho.",
        },
    ),
    (
        r"must call at any hour, again and again, until somebody has reached the patient",
        {
            "en": "It must call at any hour, and again and again until the patient is reached.",
            "es": "Debe avisar a cualquier hora, y una y otra vez hasta hablar con el paciente.",
        },
    ),
    (
        r"tells nobody outside working hours",
        {
            "en": "Outside working hours nobody would be told. Give it a time of day.",
            "es": "Fuera del horario no se avisaría a nadie. Indique una hora.",
        },
    ),
    (
        r"rises to no worse tier",
        {
            "en": "It must rise to something more urgent, after a minute or more.",
            "es": "Debe pasar a algo más urgente, tras un minuto o más.",
        },
    ),
    (
        r"lies years away",
        {"en": "It lies more than ten years away.", "es": "Queda a más de diez años."},
    ),
)
