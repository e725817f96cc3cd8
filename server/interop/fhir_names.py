"""Addresses of the FHIR extensions that are read or written."""

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
TRANSLATION = HL7 + "translation"
HIDDEN = HL7 + "questionnaire-hidden"
UNIT = HL7 + "questionnaire-unit"
UNIT_OPTION = HL7 + "questionnaire-unitOption"
CONTROL = HL7 + "questionnaire-itemControl"
CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"
STEP = HL7 + "questionnaire-sliderStepValue"
EXCLUSIVE = HL7 + "questionnaire-optionExclusive"
POINTS = (HL7 + "ordinalValue", HL7 + "itemWeight")
LEAST, MOST = HL7 + "minValue", HL7 + "maxValue"
CALCULATED = (SDC + "calculatedExpression", HL7 + "cqf-calculatedValue", HL7 + "cqf-expression")
BRANCHING = (SDC + "enableWhenExpression", SDC + "answerExpression", SDC + "candidateExpression")
