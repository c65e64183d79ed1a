## Marks and values
field-value_of_judged_criterion = { $criterion } is marked by the judges, not recorded.

## Ballots
conflict-group_not_open = Group { $group } is not open yet.
conflict-closure_unfinished = The result of a closed group is still being computed. Read its standings and try again.
conflict-group_closed_already = Group { $group } is closed already.
conflict-group_closed = { $kept ->
    [late] Group { $group } is closed. A ballot that is submitted now is kept as late.
   *[other] Group { $group } is closed.
}
conflict-entry_not_judged = { $status ->
    [withdrawn] Entry { $entry } was withdrawn and is not judged any more.
   *[disqualified] Entry { $entry } was disqualified and is not judged any more.
}
conflict-judge_recused = Judge { $judge } has stepped down from entry { $entry }.
conflict-judge_absent = Judge { $judge } is set aside as absent for entry { $entry }.
conflict-ballot_by_judge = Judge { $judge } writes this ballot on a device of their own.
conflict-second_person_needed = You typed this ballot; somebody else must confirm it.
conflict-own_ballot = This is your own ballot; somebody else must decide about it.
conflict-late_total_taken = Judge { $judge } gave this total to another entry of the group already; the totals of a judge must all differ.
conflict-late_decided = It is decided already whether this late ballot counts.
field-version_not_late = The ballot has no late version { $given }.

## Adjustments and ties
field-points_zero = A penalty is below 0, a bonus above.
field-points_not_a_number = Expected points such as -1.5, with at most three decimals and no exponent; { $given } was given.
conflict-adjustment_revoked = This adjustment of entry { $entry } was revoked already.
field-tie_kind_not_asked = The rules of this round break no tie by { $kind ->
    [lot] a lot
   *[chair] the chair’s decision
}.
field-tie_order_length = An order names { $minimum } to { $maximum } entries.
field-not_beside_rule = Give points or a rule, not both.
field-quantity_without_rule = A quantity belongs to a penalty of the rules: name it as rule.
field-points_or_rule = Give points, or a rule of the round that counts them.
