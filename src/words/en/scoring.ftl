# Marks, standings, advancement.

field-mark_not_a_number = { $criterion }: “{ $given }” is no plain decimal number such as 27.5.
field-mark_not_pass_or_fail = { $criterion } takes "pass" or "fail"; “{ $given }” was given.
field-mark_above_maximum = { $criterion } takes { $minimum } to { $maximum }; { $given } was given.
field-mark_below_minimum = { $criterion } takes { $minimum } to { $maximum }; { $given } was given.
field-mark_off_step = { $criterion } is marked in steps of { $step }; { $given } was given.
field-verdict_not_asked = { $criterion }: the rules ask others whether an entry passes; leave it empty.
field-mark_unknown_criterion = This round has no criterion “{ $criterion }”.
field-mark_of_recorded_criterion = { $criterion } is recorded by the organizers, not marked by judges.
field-mark_missing = { $criterion } has no mark yet.
field-total_not_distinct = The totals that a judge gives must all differ; { $total } was given to { $entries } already.
field-comment_missing = A comment is required.
field-comment_not_allowed = Comments are not asked for in this round.

status-ranked = ranked
status-unranked = unranked

reason-too_few_sheets = { $present ->
    [0] No sheet counts
    [one] Only one sheet counts
   *[other] Only { $present } sheets count
}; the rules ask for { $minimum }.
reason-class_too_few = Of the class { $class } { $present ->
    [0] no sheet counts
    [one] only one sheet counts
   *[other] only { $present } sheets count
}; the rules ask for { $minimum }.
reason-nothing_left = No mark is left of a criterion.
reason-penalised = Disqualified by the rules: { $rule } { $quantity }; entries are disqualified from { $from } on.
reason-judges_unequal = The ranks of judges are added up, and entries of the group have { $fewest } to { $most } judges.
reason-rejected = Rejected: { $fails } of { $of } failed it in { $criterion }.
reason-too_few_attempts = { $present ->
    [0] No attempt has
    [one] Only one attempt has
   *[other] Only { $present } attempts have
} a value; { $needed ->
    [one] one counts
   *[other] { $needed } count
}.
reason-points_too_fine = Entries of the group share the points for their ranks in too many ways to be added up exactly.
reason-not_qualified = { $value ->
    [none] Without a value of { $criterion }
   *[other] With { $value } in { $criterion }
} an entry has no place: { $needed } is needed.
reason-recorded_missing = { $criterion } has not been recorded.
reason-earlier_missing = There is no result in the round { $round }, which is carried over.
reason-unconnected = Judges and entries fall into { $sets } sets that share nothing, so their marks can't be compared; { $shared ->
    [one] one entry
   *[other] { $shared } entries
} marked by judges of two sets would connect them.
reason-panel_without_factor = Factors were fixed when the results were closed, and the panel { $panel ->
    [none] without a name
   *[other] { $panel }
} had no value then.
reason-panel_mean_zero = The panel { $panel ->
    [none] without a name
   *[other] { $panel }
} has a mean of 0, so that no factor can be computed.
reason-too_many_judges = Severity is computed for at most { $maximum } judges; here are { $judges }.
reason-stated = { $reason }

warning-too_few_sheets = Entry { $entry } is unranked: { $present ->
    [0] no sheet counts
    [one] only one sheet counts
   *[other] only { $present } sheets count
}, the rules ask for { $minimum }.
warning-class_too_few = Entry { $entry } is unranked: of the class { $class } { $present ->
    [0] no sheet counts
    [one] only one sheet counts
   *[other] only { $present } sheets count
}, the rules ask for { $minimum }.
warning-class_left_out = Entry { $entry } has too few sheets of the class { $class }, which is left out; the other classes share its weight.
warning-judge_without_class = Judge { $judge } belongs to none of the classes of judges in the rules; their sheets don't count.
warning-nothing_left = Entry { $entry } is unranked: no mark is left of a criterion.
warning-penalty_uncounted = The penalty { $rule } of entry { $entry } names no penalty of the rules or lacks its quantity; the points that were entered count.
warning-judges_unequal = { $group ->
    [none] The entries
   *[other] The entries of { $group }
} can't be ranked by the sums of judges' ranks: { $entries } have fewer judges than the others.
warning-ranked_apart = The judges{ $group ->
    [none] {""}
   *[other] {" "}of { $group }
} did not all rank the same entries; their ranks are of different fields.
warning-veto_unsaid = Nobody who could have failed entry { $entry } in { $criterion } said whether it passes.
warning-too_few_attempts = Entry { $entry } is unranked: { $present ->
    [0] no attempt has
    [one] only one attempt has
   *[other] only { $present } attempts have
} a value, { $needed ->
    [one] one counts
   *[other] { $needed } count
}.
warning-attempt_left_out = Attempt { $attempt } of entry { $entry } was begun but lacks marks or recorded values; the other attempts count.
warning-recorded_missing = Entry { $entry } is unranked: { $criterion } has not been recorded.
warning-earlier_missing = Entry { $entry } is unranked: it has no result in the round { $round }, which is carried over.
warning-sheet_incomplete = The sheet of judge { $judge } for entry { $entry } lacks marks and does not count.
warning-totals_equal = Judge { $judge } gave the entries { $entries }{ $group ->
    [none] {""}
   *[other] {" "}of { $group }
} equal totals, which must all differ.
warning-sheet_missing = Judge { $judge } gave no sheet for entry { $entry } and is not excused.
warning-judge_set_aside = Judge { $judge } did not mark every entry ({ $missing }) and is set aside for all of { $group ->
    [none] them
   *[other] { $group }
}.
warning-one_panel = { $group ->
    [none] All entries were
   *[other] All entries of { $group } were
} marked by one panel; there is nothing to make comparable.
warning-panel_mean_zero = Nobody { $group ->
    [none] {""}
   *[other] of { $group }{" "}
}is ranked: the panel { $panel ->
    [none] without a name
   *[other] { $panel }
} has a mean of 0, so that no factor can be computed.
warning-factor_fixed = The factor of the panel { $panel ->
    [none] without a name
   *[other] { $panel }
}{ $group ->
    [none] {""}
   *[other] {" "}of { $group }
} stays what it was when the results were closed, { $factor }; by what counts now it would be { $now ->
    [none] none
   *[other] { $now }
}. To compute it anew, reopen the group and close it again.
warning-scale_fixed = The judges{ $group ->
    [none] {""}
   *[other] {" "}of { $group }
} are compared by the scales that were fixed when the results were closed; what counts now would give others. To compute them anew, reopen the group and close it again.
warning-panel_without_factor = Entry { $entry } is unranked: factors were fixed when the results were closed, and the panel { $panel ->
    [none] without a name
   *[other] { $panel }
} had no value then. To compute them anew, reopen the group and close it again.
warning-panel_outlier = Entries { $entries } are far from the rest of panel { $panel ->
    [none] without a name
   *[other] { $panel }
} and drive its factor: { $factor } with them, { $without } without them.
warning-unconnected = Nobody { $group ->
    [none] {""}
   *[other] of { $group }{" "}
}is ranked: judges and entries fall into sets that share nothing ({ $sets }). { $shared ->
    [one] One entry
   *[other] { $shared } entries
} marked by judges of two sets would connect them.
warning-assumed_equal = { $group ->
    [none] {""}
   *[other] { $group }:{" "}
}Judges and entries fall into sets that share nothing ({ $sets }); they were compared since the rules assume that they are equal.
warning-judge_without_spread = Judge { $judge } gave the same on all { $sheets } sheets{ $criterion ->
    [none] {""}
   *[other] {" "}for { $criterion }
}{ $group ->
    [none] {""}
   *[other] {" "}of { $group }
}; { $kept ->
    [true] these marks count as they are
   *[other] these marks are left out
}.
warning-judge_too_few_sheets = Judge { $judge } gave only { $sheets } { $sheets ->
    [one] sheet
   *[other] sheets
}{ $criterion ->
    [none] {""}
   *[other] {" "}with { $criterion }
}{ $group ->
    [none] {""}
   *[other] {" "}of { $group }
}, too few to be standardised ({ $minimum }); { $kept ->
    [true] these marks count as they are
   *[other] these marks are left out
}.
warning-standardised_alike = The judges' standardised marks cancel out{ $criterion ->
    [none] {""}
   *[other] {" "}for { $criterion }
}{ $group ->
    [none] {""}
   *[other] {" "}in { $group }
}; every entry gets the middle of the range.
warning-criterion_decided_nothing = { $criterion } decided nothing{ $group ->
    [none] {""}
   *[other] {" "}in { $group }
}: every entry has { $value } there.
warning-too_many_judges = Nobody { $group ->
    [none] {""}
   *[other] of { $group }{" "}
}is ranked: severity is computed for at most { $maximum } judges; here are { $judges }.
connected-set = { $judges } with entries { $entries }
warning-decision_awaited = Entries { $entries } are tied until { $by ->
    [chair] the chair decides
    [lot] a lot is drawn
   *[organizers] the organizers decide
}.
warning-tie_value_missing = The tie between entries { $entries } can't be broken by { $by }: not all of them have a value.
warning-tie_at_cut = Entries { $entries } are tied at the cut{ $group ->
    [none] {""}
   *[other] {" "}of { $group }
}: { $policy ->
    [all_advance] all of them go on
    [none_advance] none of them goes on
    [wait] they wait for a decision
   *[chain] the tie-breaks don't decide it, so they wait for a decision
}.
warning-reserves_tied = The reserves { $entries } have equal places and stand in the order of their numbers until somebody decides.
warning-institution_tied = Entries { $entries } are tied and not all of their institution may go on; the lower numbers did.
warning-group_tied = Entries { $entries } are tied and not all of their group may go on; the lower numbers did.
warning-institution_elsewhere = In { $group } the places of { $entries } went to others: as many of their institution as may go on did so from groups that come first by name.
warning-groups_compared = Groups with different judges were compared: { $groups }.
warning-award_empty = Nobody{ $group ->
    [none] {""}
   *[other] {" "}of { $group }
} gets the award { $award }.
warning-award_moved = The award { $award }{ $lost ->
    [none] {""}
   *[other] {" "}is lost by { $lost } and
}{ $gained ->
    [none] {" "}goes to nobody instead
   *[other] {" "}goes to { $gained }
}, since an entry may not have it.
warning-sealed_never_opened = The sheets of judge { $judge } are sealed, and the rules never open them.
warning-in_stream = { $stream }: { $warning }
warning-group_without_places = The rules give { $group } no places.
warning-places_left = { $left } of { $places } places { $group ->
    [none] {""}
   *[other] of { $group }{" "}
}{ $left ->
    [one] stays
   *[other] stay
} empty.
warning-places_given_up = { $entries } left since it was decided who goes on; decide again, and { $instead ->
    [none] nobody comes in
   *[other] { $instead } comes in
}.
warning-carried_moved = { $entries } carried a result over from group { $group } of round { $round } as it was at revision { $used }; it was corrected since and is at revision { $now }. Reopen and close this group for the correction to count.
warning-places_exceeded = { $taken } go on, though there are only { $places } places.
warning-award_tied = The award { $award } goes to more entries than planned, since { $entries } share a place.
warning-sizes_missing = Places can't be shared out before the number of entrants is known of { $groups }.
warning-share_lot_awaited = A lot must decide which of { $groups } { $places ->
    [one] gets one more place
   *[other] get { $places } more places
}.

derivation-equals = { $left } = { $right }
derivation-divided = { $left } = { $sum }, ÷ { $of } = { $right }
derivation-median = median of { $left } = { $right }
derivation-class = { $class }: { $text }, weight { $weight }
derivation-classes = classes weighed together { $value }{ $without ->
    [none] {""}
   *[other] {" "}(without { $without })
}
derivation-rounded = { $exact }, rounded { $rounded }
derivation-dropped = dropped { $list }
derivation-off_sheets = dropped off the sheets: { $list }
derivation-off_sheet = { $judge }’s { $list }
derivation-highest = { $value } (highest)
derivation-lowest = { $value } (lowest)
derivation-set_aside = { $judge } (set aside)
derivation-incomplete = { $judge } (incomplete)
derivation-no_scale = { $judge } (no scale)
derivation-factor = made comparable × { $reference } ÷ { $mean } (factor { $factor }) = { $value }
derivation-scale_fixed = made comparable as fixed when the results were closed
derivation-standardised = each judge's marks standardised
derivation-standardised_to = each judge's sheets standardised to mean { $mean } and deviation { $deviation }
derivation-mapped = z-score { $z } of { $z_lowest } to { $z_highest } mapped onto { $lowest } to { $highest } = { $value }
derivation-severity = each judge's severity taken off{ $error ->
    [none] {""}
   *[other] {" "}(standard error { $error })
}
derivation-no_class = { $judge } (class does not count)
derivation-criterion = { $criterion } { $value }
derivation-weighted = { $criterion } { $value }{ $long ->
    [yes] ,
   *[no] {""}
} × { $factor } = { $weighted }
derivation-share = { $criterion } { $value }, with weight { $weight } { $result }
derivation-marks = { $text }{ $dropped ->
    [none] {""}
   *[other] {" "}(dropped { $dropped })
}
derivation-component_score = judges' marks together { $value }
derivation-component_rank = { $criterion } { $value ->
    [none] without a value
   *[other] { $value }
}, rank { $rank }{ $points ->
    [none] {""}
   *[other] {" "}({ $points } points)
}{ $factor ->
    [none] {""}
   *[other] {" "}× { $factor }
}
derivation-component_ranks = ranks added up { $value }
derivation-component_points = points for the ranks added up { $value }
derivation-component_product = ranks multiplied { $value }
derivation-apart = { $text } (not in the total)
derivation-left_out = { $text } (dropped, { $why ->
    [highest] highest
   *[lowest] lowest
})
derivation-scaled = { $value }, scaled to { $scaled }
derivation-below = { $criterion } { $value ->
    [none] without a value
   *[other] { $value }
} does not suffice to go on or win an award ({ $needed } is asked for)
derivation-veto = passed { $criterion }, { $fails } of { $of } against
derivation-attempt = attempt { $attempt }: { $text }
derivation-attempts_best = attempt { $attempts } counts: { $value }
derivation-attempts_sum = attempts { $attempts } added up: { $value }
derivation-attempts_mean = mean of the attempts { $attempts }: { $value }
derivation-multiplied = × { $criterion } { $value } = { $result }
derivation-recorded = { $criterion } { $added }
derivation-adjusted = { $points } ({ $reason })
derivation-penalised = { $points } ({ $penalty }{ $quantity ->
    [none] {""}
   *[other] {" "}{ $quantity }
}{ $reason ->
    [none] {""}
   *[other] , { $reason }
})
derivation-entry = total { $value }
derivation-own_part = { $weight } × { $value }
derivation-carried = { $weight } × { $value } from { $round }
derivation-assumed = { $weight } × { $value } assumed for { $round }
derivation-renormalised = without { $rounds }, × { $factor }
derivation-round = with earlier rounds { $terms } = { $value }{ $dropped ->
    [none] {""}
   *[other] {" "}(not among the best: { $dropped })
}

derivation-overall = Place { $overall } of { $of } among all groups
derivation-awards = Awarded: { $list }.

place = { $rank ->
    [1] First
    [2] Second
    [3] Third
    [4] Fourth
    [5] Fifth
    [6] Sixth
    [7] Seventh
    [8] Eighth
    [9] Ninth
    [10] Tenth
   *[other] Place { $rank }{ $of ->
        [none] {""}
       *[other] {" "}of { $of }
    }
}{ $tied ->
    [yes] {""} (shared)
   *[no] {""}
}{ $group ->
    [none] {""}
   *[other] {" "}in { $group }
}
place-numbered = place { $rank }{ $of ->
    [none] {""}
   *[other] {" "}of { $of }
}{ $tied ->
    [yes] {""} (shared)
   *[no] {""}
}{ $group ->
    [none] {""}
   *[other] {" "}in { $group }
}
place-ahead = ahead of entry { $with } by { $by } { $ours } : { $theirs }
place-ahead_decided = ahead of entry { $with } by { $by }
place-behind_decided = behind entry { $with } by { $by }
place-behind = behind entry { $with } by { $by } { $ours } : { $theirs }
sentence = { $text }.

tie-criterion = a criterion
tie-judged = the judges' marks
tie-own_total = this round's total
tie-earlier_total = the total of { $round ->
    [none] an earlier round
   *[other] { $round }
}
tie-earlier_rank = the rank in { $round ->
    [none] an earlier round
   *[other] { $round }
}
tie-untrimmed_sum = the sum of all sheets
tie-highest_sheet = the highest sheet
tie-lowest_sheet = the lowest sheet
tie-median = the median
tie-more_digits = more decimals
tie-first_places = the number of first places
tie-sealed = the sealed sheet
tie-attempt = { $nth ->
    [1] the best attempt
    [2] the second best attempt
    [3] the third best attempt
   *[other] a further attempt
}
tie-chair = the chair's decision
tie-lot = lot

outcome-advances = { $by ->
    [place] Goes on by its place
    [place_in_group] Goes on by its place in the group
    [minimum_per_group] Goes on as one of the places that each group has
    [wildcard] Goes on by one of the places left after each group had its own
   *[nomination] Goes on because it was nominated ({ $reason })
}.
outcome-invited = { $by ->
    [place] Invited to { $stream } by its place
    [place_in_group] Invited to { $stream } by its place in the group
    [minimum_per_group] Invited to { $stream } as one of the places that each group has
   *[wildcard] Invited to { $stream } by one of the places left after each group had its own
}.
outcome-reserve = Reserve { $number }{ $stream ->
    [none] {""}
   *[other] {" "}for { $stream }
}.
outcome-not_advanced = Does not go on.
outcome-declined = Gave up its place{ $stream ->
    [none] {""}
   *[other] {" "}in { $stream }
}{ $reason ->
    [none] .
   *[other] : { $reason }
}
outcome-excluded = May not go on: { $reason }
outcome-waiting = Waits until a tie at the cut is decided.
outcome-unplaced = Has no place: { $status ->
    [disqualified] disqualified
    [withdrawn] withdrawn
   *[unranked] unranked
}.
