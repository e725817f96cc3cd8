/** What the server says about a questionnaire's file, in Spanish; `{}` is what it fills in. */
export const saidEs: Readonly<Record<string, string>> = {
  "A greatest length is kept for texts only.": "La longitud máxima solo se conserva en los textos.",
  "A question of this instrument is missing: {}.": "Falta una pregunta de este instrumento: {1}.",
  "An answer that is filled in beforehand is not taken: nobody has chosen it.":
    "No se toma una respuesta puesta de antemano: nadie la ha elegido.",
  "Asks for a date and a time in one. Ask for them in two questions.":
    "Pide fecha y hora juntas. Pídalas en dos preguntas.",
  "Asks for a file, which phones cannot send here.": "Pide un archivo, que los teléfonos no pueden enviar aquí.",
  "Asks for a record of another system.": "Pide un registro de otro sistema.",
  "Asks for an address on the web.": "Pide una dirección web.",
  "Asks nothing.": "No pregunta nada.",
  "Asks which of two answers is greater, which these answers do not have.":
    "Compara cuál de dos respuestas es mayor, y estas no tienen orden.",
  "Compares with an answer of another kind.": "Compara con una respuesta de otro tipo.",
  "Compares with an answer that the question does not have.": "Compara con una respuesta que la pregunta no tiene.",
  "Compares with another unit.": "Compara con otra unidad.",
  "Depends on a question that is not asked before it.": "Depende de una pregunta que no se hace antes.",
  "Depends on something that takes no answer.": "Depende de algo que no se responde.",
  "Does not tell which answer means yes.": "No dice qué respuesta significa sí.",
  "Has more than {} conditions.": "Tiene más de {1} condiciones.",
  "Has characters that cannot be stored.": "Tiene caracteres que no se pueden guardar.",
  "Has a number that is out of reach.": "Tiene un número fuera de alcance.",
  "Has answers to choose from, which this kind of question does not have here.":
    "Tiene respuestas para elegir, que este tipo de pregunta no tiene aquí.",
  "Has a limit that is out of reach.": "Tiene un límite fuera de alcance.",
  "Has a linkId that is missing or there twice.": "Tiene un linkId que falta o que está dos veces.",
  "Has a type that FHIR R4 does not have.": "Tiene un tipo que FHIR R4 no tiene.",
  "Has an answer called other and an open one beside it.": "Tiene una respuesta llamada other y además una abierta.",
  "Has an answer of more than {} letters.": "Tiene una respuesta de más de {1} letras.",
  "Has an answer without words.": "Tiene una respuesta sin palabras.",
  "Has an empty help text.": "Tiene un texto de ayuda vacío.",
  "Has an extension that changes its meaning and is not known here.":
    "Tiene una extensión que cambia su sentido y que aquí no se conoce.",
  "Has an extension that is not used here.": "Tiene una extensión que aquí no se usa.",
  "Has another kind of answers than this instrument.": "Tiene otro tipo de respuestas que este instrumento.",
  "Has answers that are neither words, codes nor whole numbers.":
    "Tiene respuestas que no son palabras, códigos ni números enteros.",
  "Has characters that cannot be shown.": "Tiene caracteres que no se pueden mostrar.",
  "Has fewer than two answers to choose from.": "Tiene menos de dos respuestas para elegir.",
  "Has limits that leave nothing between them.": "Tiene límites que no dejan nada entre ellos.",
  "Has markup or a script in its words. Plain words only.":
    "Tiene marcas o un script en sus palabras. Solo palabras sencillas.",
  "Has more than one help text; the first is shown.": "Tiene más de un texto de ayuda; se muestra el primero.",
  "Has more than {} answers.": "Tiene más de {1} respuestas.",
  "Has more than {} items. Split it.": "Tiene más de {1} elementos. Divídalo.",
  "Has more than {} letters in one text.": "Tiene más de {1} letras en un texto.",
  "Has no type of answer.": "No tiene tipo de respuesta.",
  "Has no words to ask.": "No tiene palabras para preguntar.",
  "Has other limits than this instrument.": "Tiene otros límites que este instrumento.",
  "Has the same answer twice.": "Tiene la misma respuesta dos veces.",
  "Has {} answers, and this instrument has {}.": "Tiene {1} respuestas y este instrumento tiene {2}.",
  "Has {} questions, and this instrument has {}.": "Tiene {1} preguntas y este instrumento tiene {2}.",
  "Is a group that may be answered several times.": "Es un grupo que se puede responder varias veces.",
  "Is a slider without both ends; it is asked as a number.":
    "Es un control deslizante sin los dos extremos; se pregunta como número.",
  "Is hidden in the file and is not asked.": "Está oculta en el archivo y no se pregunta.",
  "Is larger than 512 KB.": "Pasa de 512 KB.",
  "Is nested too deep.": "Tiene demasiados niveles.",
  "Is not a FHIR Questionnaire.": "No es un FHIR Questionnaire.",
  "Is not part of this instrument; it is asked and not scored.":
    "No es parte de este instrumento; se pregunta y no puntúa.",
  "Is not what FHIR R4 has in this place.": "No es lo que FHIR R4 tiene en este lugar.",
  "Is shown like any other question.": "Se muestra como cualquier otra pregunta.",
  "Is worked out, not asked. Scores are worked out here from the answers.":
    "Se calcula, no se pregunta. Las puntuaciones se calculan aquí con las respuestas.",
  "Its answers are described, not listed. List them in the file.":
    "Sus respuestas se describen y no se enumeran. Enumérelas en el archivo.",
  "Its answers have no points; they are counted in their order.":
    "Sus respuestas no tienen puntos; cuentan por su orden.",
  "Its answers stand outside the file. Put them into it.": "Sus respuestas están fuera del archivo. Póngalas dentro.",
  "Its list of answers cannot be read.": "No se puede leer su lista de respuestas.",
  "Its questions have no codes; they are taken in their order.":
    "Sus preguntas no tienen códigos; se toman por su orden.",
  "Lets people choose the unit. Ask for one unit.": "Deja elegir la unidad. Pida una sola.",
  "May be answered several times, which only a choice may.":
    "Se puede responder varias veces; solo se admite al elegir respuestas.",
  "Names no unit; it is asked as a number without one.": "No nombra unidad; se pregunta como número sin unidad.",
  "Some words are not in English, which {} of your patients read.":
    "Algunas palabras no están en inglés, que leen {1} de sus pacientes.",
  "Some words are not in Spanish, which {} of your patients read.":
    "Algunas palabras no están en español, que leen {1} de sus pacientes.",
  "The earliest and latest date or time are not checked.": "No se comprueban la primera y la última fecha u hora.",
  "The file does not say its language; it is taken for the clinic's.":
    "El archivo no dice su idioma; se toma por el de la clínica.",
  "The file is not readable JSON.": "El archivo no es JSON legible.",
  "The number before the question is not shown.": "No se muestra el número antes de la pregunta.",
  "The points of its answers are not those of this instrument.":
    "Los puntos de sus respuestas no son los de este instrumento.",
  "The questionnaire cannot be taken.": "No se puede tomar el cuestionario.",
  "The steps of its slider are not kept.": "No se conservan los pasos de su control deslizante.",
  "Two questions have the code of the same question.": "Dos preguntas tienen el código de la misma pregunta.",
};
