## Marks and values
field-value_of_judged_criterion = { $criterion } is marked by the judges, not recorded.

## Ballots
conflict-group_not_open = Group { $group } is not open yet.
conflict-group_decided = In group { $group } it is decided already who goes on.
conflict-judge_recused = Judge { $judge } has stepped down from entry { $entry }.
conflict-judge_absent = Judge { $judge } is set aside as absent for entry { $entry }.
