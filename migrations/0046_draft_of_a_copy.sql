-- Which protocol a draft under a new name began from: until it is published, its rules are tried on that one's answers.
alter table protocol_drafts add column copied_from text;
