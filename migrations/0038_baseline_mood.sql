-- The mood before the dose, 0 to 10, as the pre-session form has it: a score, kept clear as scores are. Answers after the session are judged
-- against it.
alter table treatment_sessions add column baseline_mood smallint check (baseline_mood between 0 and 10);
grant select (baseline_mood) on treatment_sessions to afterglow_engine;
