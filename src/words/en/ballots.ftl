## Marks and values
field-mark_not_a_number = { $criterion_en } takes a number such as 27.5, with a point and no exponent; { $given } was given.
field-mark_above_maximum = { $criterion_en } takes { $minimum } to { $maximum }; { $given } was given.
field-mark_below_minimum = { $criterion_en } takes { $minimum } to { $maximum }; { $given } was given.
field-mark_off_step = { $criterion_en } takes steps of { $step }; { $given } was given.
field-mark_unknown_criterion = The rules of this round have no criterion { $criterion }.
field-mark_of_recorded_criterion = { $criterion_en } is not marked by judges; organizers record it.
field-value_of_judged_criterion = { $criterion } is marked by the judges, not recorded.
field-mark_missing = { $criterion_en } has no mark yet.
field-comment_missing = The rules of this round ask for a comment.
field-comment_not_allowed = The rules of this round allow no comment.

## Ballots
conflict-group_not_open = Group { $group } is not open yet.
conflict-group_closed = { $kept ->
    [late] Group { $group } is closed. A ballot that is submitted now is kept as late.
   *[other] Group { $group } is closed.
}
conflict-group_decided = In group { $group } it is decided already who goes on.
conflict-rules_missing = The round has no rules yet.
conflict-judge_recused = Judge { $judge } has stepped down from entry { $entry }.
conflict-judge_absent = Judge { $judge } is set aside as absent for entry { $entry }.
conflict-ballot_by_judge = Judge { $judge } writes this ballot on a device of their own.
conflict-second_person_needed = You typed this ballot; somebody else must confirm it.
conflict-own_ballot = This is your own ballot; somebody else must decide about it.
conflict-late_decided = It is decided already whether this late ballot counts.
field-version_not_late = The ballot has no late version { $given }.

## Adjustments and ties
field-points_zero = A penalty is below 0, a bonus above.
field-points_not_a_number = Expected points such as -1.5, with at most three decimals and no exponent; { $given } was given.
field-entry_not_in_round = Entry { $entry } does not take part in this round.
conflict-adjustment_revoked = This adjustment of entry { $entry } was revoked already.
field-tie_order_length = An order names { $minimum } to { $maximum } entries.
field-entry_not_in_group = Entry { $entry } is not in this group.
field-entry_twice = Entry { $entry } stands here twice.
