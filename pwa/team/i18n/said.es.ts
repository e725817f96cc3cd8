/**
 * The server's own sentences about sessions and files of sessions, in Spanish. `{}` in a key is what the server fills
 * in; the first one is {1} in the translation. tests/test_catalogues.py looks for sentences that are missing.
 */
export const saidEs: Readonly<Record<string, string>> = {
  "Is missing.": "Falta.",
  "Is not a known column.": "No es una columna conocida.",
  "Is there twice.": "Está dos veces.",
  "This column is missing.": "Falta esta columna.",
  "Name the patient with patient_id, with phone, or with name and date_of_birth.":
    "Indique el paciente con patient_id, con phone, o con name y date_of_birth.",
  "Give name and date_of_birth together, or neither.": "Ponga name y date_of_birth juntos, o ninguno.",
  "Has more cells than the header.": "Tiene más celdas que el encabezado.",
  "Contains a character that is not allowed.": "Contiene un carácter no permitido.",
  "The file has more than {} rows. Split it.": "El archivo tiene más de {1} filas. Divídalo.",
  "The file has no rows under its header.": "El archivo no tiene filas bajo el encabezado.",
  "The file is not UTF-8 text. Save it as CSV UTF-8.": "El archivo no es texto UTF-8. Guárdelo como CSV UTF-8.",
  "The file is not CSV: look for a quotation mark that is never closed.":
    "El archivo no es CSV: busque unas comillas que no se cierran.",
  "More than one patient fits. Add name and date_of_birth, or give patient_id.":
    "Hay más de un paciente posible. Añada name y date_of_birth, o ponga patient_id.",
  "No patient of this clinic fits.": "Ningún paciente de esta clínica coincide.",
  "Is the same session as row {}.": "Es la misma sesión que la fila {1}.",
  "This patient has a session that began then already.": "Este paciente ya tiene una sesión que empezó entonces.",
  "{} more are wrong.": "Hay {1} errores más.",
  "Must be one of: {}.": "Debe ser una de estas palabras: {1}.",
  "Has more than {} entries.": "Tiene más de {1} entradas.",
  "Is longer than {} characters.": "Tiene más de {1} caracteres.",
  "Must be names such as alone_tonight, separated by semicolons.":
    "Deben ser nombres como alone_tonight, separados por punto y coma.",
  "Must be a name such as alone_tonight.": "Debe ser un nombre como alone_tonight.",
  "Must be a number of mg from 0.01 to 2000, such as 40 or 40.5.":
    "Debe ser un número de mg de 0.01 a 2000, como 40 o 40.5.",
  "Must be a time such as 2026-03-01 14:30, or 2026-03-01T14:30+01:00.":
    "Debe ser una hora como 2026-03-01 14:30, o 2026-03-01T14:30+01:00.",
  "Is not a day and time that exist.": "No es un día y una hora que existan.",
  "The clocks changed at that time: add the offset, such as +01:00.":
    "A esa hora cambiaron los relojes: añada la diferencia, como +01:00.",
  "Must be a date such as 1984-03-09.": "Debe ser una fecha como 1984-03-09.",
  "Must be a patient's id.": "Debe ser el id de un paciente.",
  "Is not a phone number. Start with + and the country's code, or enter a local number.":
    "No es un número de teléfono. Empiece con + y el código del país, o ponga un número local.",
  "Is in the future.": "Es una hora futura.",
  "Is before the start.": "Es antes del inicio.",
  "Is more than a day after the start.": "Es más de un día después del inicio.",
  "Is before the end.": "Es antes del fin.",
  "Is too long ago.": "Hace demasiado tiempo.",
  "A dose at home of the last 4 hours is recorded by hand, so that the companion is asked in time.":
    "Una dosis en casa de las últimas 4 horas se registra a mano, para preguntar a tiempo a quien acompaña.",
  "There is no protocol of its own for this route: the check-ins are those of any other session at the clinic. Watch the first hours yourselves.":
    "Esta vía no tiene un protocolo propio: los controles son los de cualquier otra sesión en la clínica. Vigilen ustedes las primeras horas.",
  "The next session is on hold. Look at it with the prescriber.":
    "La próxima sesión está aplazada. Véalo con quien prescribe.",
  "The next session of {} of these patients is on hold. Look at them with the prescriber.":
    "La próxima sesión de {1} de estos pacientes está aplazada. Véalo con quien prescribe.",
  "This patient has a session that began at that time already. Look at it before you record another.":
    "Este paciente ya tiene una sesión que empezó a esa hora. Véala antes de registrar otra.",
  "The check-in at {} falls outside your hours, and nobody is on call then. Pages go to everybody.":
    "El control de las {1} cae fuera de su horario y entonces no hay nadie de guardia. Los avisos van a todos.",
  "The check-in at {} falls outside your hours. Pages go to the call list.":
    "El control de las {1} cae fuera de su horario. Los avisos van a la lista de avisos.",
  "No phone is linked yet: prompts go by text message. Invite the patient before they leave.":
    "Todavía no hay un teléfono vinculado: las preguntas van por SMS. Invite al paciente antes de que se vaya.",
  "{} of these patients have no phone linked: prompts go by text message. Invite them.":
    "{1} de estos pacientes no tienen un teléfono vinculado: las preguntas van por SMS. Invítelos.",
  "Row {}, started_at: overlaps in time with row {} of the same patient.":
    "Fila {1}, started_at: coincide en el tiempo con la fila {2} del mismo paciente.",
  "Row {}, started_at: overlaps in time with a session that was there already.":
    "Fila {1}, started_at: coincide en el tiempo con una sesión que ya estaba.",
  "Row {}, started_at: is on the same day as row {} of the same patient.":
    "Fila {1}, started_at: es el mismo día que la fila {2} del mismo paciente.",
  "Row {}, started_at: is on the same day as a session that was there already.":
    "Fila {1}, started_at: es el mismo día que una sesión que ya estaba.",
  "{} more rows are close to another session.": "Otras {1} filas están cerca de otra sesión.",
  "A dose at home cannot be recorded yet: {}.": "Todavía no se puede registrar una dosis en casa: {1}.",
  "Nobody can be asked how the patient is: name a companion with a phone.":
    "No se puede preguntar a nadie cómo está el paciente: indique una persona acompañante con teléfono.",
  "The companion must not be contacted: name another one.":
    "No se debe contactar con la persona acompañante: indique otra.",
  "The companion is not asked: find out whether we may write to them.":
    "No se pregunta a la persona acompañante: averigüe si podemos escribirle.",
  "The companion's phone takes no texts (STOP): name another one, or they text START.":
    "El teléfono de la persona acompañante no acepta SMS (STOP): indique otra, o que envíe START.",
  "Help would not know where to go: enter the home address.":
    "La ayuda no sabría adónde ir: ponga el domicilio.",
  "The patient is alone after a dose at home: make sure that somebody comes.":
    "El paciente está a solas tras una dosis en casa: asegúrese de que vaya alguien.",
  "Nobody is sure to be reached for 4 hours after this dose: add people to the rota or the call list.":
    "No es seguro localizar a alguien en las 4 horas tras esta dosis: añada personas a las guardias o a la lista de avisos.",
  "A file of sessions is being imported. Try again in a minute.":
    "Se está importando un archivo de sesiones. Inténtelo de nuevo en un minuto.",
  "This session was cancelled. Record a new one.": "Esta sesión se canceló. Registre una nueva.",
  "This session is cancelled already.": "Esta sesión ya está cancelada.",
  "Row {}, risk: has a word that is not known here. It is kept and changes nothing.":
    "Fila {1}, risk: tiene una palabra que aquí no se conoce. Se guarda y no cambia nada.",
  "Row {}, route: a vein at home is unusual. Look whether route and setting are right.":
    "Fila {1}, route: una vena en casa no es habitual. Mire si route y setting son correctos.",
  "{} more cells are unusual.": "Otras {1} celdas no son habituales.",
  "The check-ins of this patient are paused. End the pause first.":
    "Las preguntas a este paciente están en pausa. Termine antes la pausa.",
  "The check-ins of this patient are paused. End the pause first, then record the session.":
    "Las preguntas a este paciente están en pausa. Termine antes la pausa y registre después la sesión.",
  "This is not the address of a service we can send to.": "Esta no es la dirección de un servicio al que podamos enviar.",
  "This address has an option that is not allowed here.": "Esta dirección tiene una opción que aquí no se permite.",
  "The address must be encrypted (https).": "La dirección tiene que ser cifrada (https).",
  "This address lies in a private network.": "Esta dirección está en una red privada.",
  "A clinic can have ten team channels. Remove one first.": "Una clínica puede tener diez canales. Quite uno antes.",
  "A test was sent a moment ago. Wait twenty seconds.": "Se acaba de enviar una prueba. Espere veinte segundos.",
  "Nobody has signed off the protocol yet. A clinician or admin can do it in Settings.":
    "Nadie ha aprobado todavía el protocolo. Un médico o administrador puede hacerlo en Ajustes.",
};
