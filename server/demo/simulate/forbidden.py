"""What must not be after a simulation, in SQL: each statement finds what is lost, doubled or unseen.

`told` and `expected` are temporary tables of what was done.
"""

LOST = {
    "a planned check-in has no row": """select e.session_id::text from expected e
        left join check_ins c on c.session_id = e.session_id and c.key = e.key where c.id is null""",
    "a check-in is over and nobody noticed": """select id::text from check_ins
        where state in ('planned', 'open') and closes_at < app_now() - interval '60 seconds'""",
    "an answer that was told is not stored": """select t.response_id::text from told t
        left join responses r on r.response_id = t.response_id and r.check_in_id = t.check_in_id where r.id is null""",
    "a check-in counts as answered without an answer": """select c.id::text from check_ins c
        where c.state = 'answered' and not exists (select from responses r where r.check_in_id = c.id)
          and not exists (select from check_ins o join responses r on r.check_in_id = o.id
                          where o.session_id = c.session_id and o.stands_in_for = c.key)""",
    "a check-in counts as missed and its silence was not judged": """select c.id::text from check_ins c
        where c.state = 'missed' and not exists (select from audit_log a
              where a.object_id = c.id and a.action = 'check_in.missed')""",
    "a week of a course has no check-in": """select patient_id::text from (
            select s.patient_id, min(s.ended_at) as first, max(s.ended_at) as last from treatment_sessions s
            where s.cancelled_at is null group by s.patient_id) course
        where (select count(*) from check_ins c where c.patient_id = course.patient_id and c.key like 'week\\_%'
                 and c.state <> 'cancelled' and c.due_at < app_now())
            < floor(extract(epoch from least(app_now(), last + interval '84 days') - first) / 604800) - 1""",
}
DOUBLED = {
    "an answer is stored twice":
        "select response_id::text from responses group by response_id having count(*) > 1",
    "an answer that was told is stored twice": """select t.response_id::text from told t
        join responses r on r.response_id = t.response_id group by 1 having count(*) > 1""",
    "a silence was judged twice": """select object_id::text from audit_log where action = 'check_in.missed'
        group by object_id having count(*) > 1""",
    "a check-in was asked twice at once": """select check_in_id::text from notifications
        where kind = 'prompt' and check_in_id is not null group by check_in_id, template having count(*) > 4""",
    "a week of a course was asked twice": """select a.id::text from check_ins a join check_ins b
        on b.patient_id = a.patient_id and b.id > a.id and b.key like 'week\\_%' and b.state <> 'cancelled'
          and abs(extract(epoch from b.due_at - a.due_at)) < 86400
        where a.key like 'week\\_%' and a.state <> 'cancelled'""",
    "an episode has two alerts that are not closed": """select min(patient_id::text) from alerts
        where state <> 'closed' group by patient_id, session_id having count(*) > 1""",
}  # fmt: skip
UNSEEN = {
    "a planted emergency has no alert": """select t.response_id::text from told t where t.planted and not exists (
        select from flags f where f.response_id = t.response_id and f.tier = 'emergency' and f.alert_id is not null)""",
}
