/** The server's own sentences about visits, in Spanish. tests/test_catalogues.py looks for sentences that are missing. */
export const saidEs: Readonly<Record<string, string>> = {
  "This patient is in another visit. Go on with that one, or end it first.":
    "Este paciente está en otra visita. Siga con ella o termínela antes.",
  "There is another step with this id. Nothing was saved: record it again.":
    "Ya hay otro paso con esta identificación. No se guardó nada: anótelo otra vez.",
  "Something speaks against starting now.": "Hay algo que habla en contra de empezar ahora.",
  "Only a clinician can start all the same. Call one.":
    "Empezar de todos modos lo decide alguien del equipo clínico. Llame a esa persona.",
  "Is in the future.": "Está en el futuro.",
  "Is more than a day before the visit.": "Es más de un día antes de la visita.",
  "A dose at home has a start only.": "Una dosis en casa solo tiene inicio.",
  "Is needed: name the step that was a mistake.": "Falta: diga qué paso fue un error.",
  "Is needed for this step.": "Hace falta para este paso.",
  "Does not belong to this step.": "No es de este paso.",
  "Enter at least one value.": "Ponga al menos un valor.",
  "Both numbers are needed.": "Hacen falta los dos números.",
  "Must be lower than the upper number.": "Debe ser más baja que la alta.",
  "Name a side effect or an experience, one of them.": "Elija un efecto secundario o una vivencia, uno de los dos.",
  "Choose how strong it is.": "Elija con qué fuerza.",
  "Choose how it feels.": "Elija cómo lo vive.",
  "Say what it is.": "Diga qué es.",
  "Is before it began.": "Es antes de que empezara.",
  "This step is recorded already. Correct it instead.": "Este paso ya está anotado. Corríjalo.",
  "This visit ended without treatment. Open a new one.": "Esta visita terminó sin tratamiento. Abra otra.",
  "The dose has begun: record its end and the discharge.": "La dosis ha empezado: anote el fin y el alta.",
  "Record the start first.": "Anote antes el inicio.",
  "Record the end of the dose first.": "Anote antes el fin de la dosis.",
  "That step was changed meanwhile. Look at the record again.": "Ese paso cambió entretanto. Mire el registro otra vez.",
  "A correction stays the same step. Strike out this one and record the other.":
    "Una corrección sigue siendo el mismo paso. Tache este y anote el otro.",
  "The session hangs on this step: correct its time, or take the session back.":
    "La sesión depende de este paso: corrija la hora o anule la sesión.",
  "The {} cannot be before the {}.": "El orden de inicio, fin y alta no puede ser este.",
};
