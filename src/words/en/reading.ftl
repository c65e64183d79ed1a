# The rules of a round, read out.

reading-marks = What is marked
reading-judges = Across judges
reading-rounding = Rounding
reading-earlier = Earlier rounds
reading-places = Places
reading-advance = Who goes on
reading-awards = Awards

reading-kind-judged = { $criterion }: { $minimum } to { $maximum } in steps of { $step }, marked by each judge
reading-kind-recorded = { $criterion }: { $minimum } to { $maximum } in steps of { $step }, recorded by the organizers
reading-counts-added = added to what the judges' marks give
reading-counts-apart = no part of the total
reading-counts-multiplier = what the judges' marks give is multiplied by it
reading-factor = times { $factor }
reading-weight = weight { $weight }
reading-levels = { $levels }
reading-level = from { $from } { $title }
reading-sheet_total-sum = A sheet's total is the sum of its marks{ $factors ->
    [yes] {" "}times their factors
   *[no] {""}
}: { $maximum } at most.
reading-sheet_total-mean = A sheet's total is the { $weighted ->
    [yes] weighted mean
   *[no] mean
} of its marks: { $maximum } at most.
reading-drop-sheets = Of the marks of a sheet, with their factors, { $dropped } dropped.
reading-drop-criteria = Of the criteria, with their factors, { $dropped } dropped.
reading-drop-recorded = Of the recorded values, with their factors, { $dropped } dropped.
reading-drop-ranks = Of an entry's ranks by the criteria, or the points for them,{ $high ->
    [0] {""}
    [1] {" "}the highest number
   *[other] {" "}the { $high } highest numbers
}{ $low ->
    [0] {""}
   *[other] { $high ->
        [0] {" "}
       *[other] {" "}and{" "}
    }{ $low ->
        [1] the lowest
       *[other] the { $low } lowest
    }
} { $single ->
    [yes] is
   *[no] are
} dropped.
reading-scale_by-best = in proportion to the best value of the group, which gets { $to } points{ $wins ->
    [lowest] {" "}(twice as much gets half of them)
   *[highest] {""}
}
reading-scale_by-range = in proportion to the range of the group's values: the best gets { $to } points, the worst 0
reading-scale_by-sum = its share of the sum of the group's values, which gets { $to } points in all
reading-unqualified-ranked = an entry with { $wins ->
    [lowest] more
   *[highest] less
} than { $from } can neither go on nor win an award
reading-unqualified-unranked = an entry with { $wins ->
    [lowest] more
   *[highest] less
} than { $from } has no place
reading-missing_marks-refused = A sheet counts only when it is complete.
reading-missing_marks-left_out = A mark that is missing is left out; it never counts as 0.
reading-comment-optional = Judges may comment.
reading-comment-required = Each sheet needs a comment.
reading-comment-none = Judges do not comment.

reading-minimum_sheets = At least { $sheets } { $sheets ->
    [one] judge marks
   *[other] judges mark
} each entry; with fewer sheets it has no place.
reading-common = Every judge marks every entry of the group; the sheets of a judge who misses one are set aside for all of them.
reading-over-sheets = What counts is each judge's total.
reading-over-criteria = What counts is each criterion by itself; { $total ->
    [mean] then their mean by weight
   *[sum] then their sum
}.
reading-trim-sheets = { $from ->
    [0] {""}
   *[other] {"From "}{ $from } sheets on{" "}
}{ $dropped } dropped.
reading-trim-criteria = { $from ->
    [0] {""}
   *[other] {"From "}{ $from } marks on{" "}
}{ $dropped } of each criterion dropped.
reading-dropped = { $high ->
    [0] { $low ->
        [0] nothing is
        [1] the lowest is
       *[other] the { $low } lowest are
    }
    [1] { $low ->
        [0] the highest is
        [1] the highest and the lowest are
       *[other] the highest and the { $low } lowest are
    }
   *[other] { $low ->
        [0] the { $high } highest are
        [1] the { $high } highest and the lowest are
       *[other] the { $high } highest and the { $low } lowest are
    }
}
reading-combine-mean = The mean of { $trimmed ->
    [yes] the others
   *[no] all
} counts.
reading-combine-median = The median of { $trimmed ->
    [yes] the others
   *[no] all
} counts.
reading-combine-sum = The sum of { $trimmed ->
    [yes] the others
   *[no] all
} counts.

reading-round_to = { $what }: { $decimals ->
    [0] to a whole number
    [one] to one decimal
   *[other] to { $decimals } decimals
}, { $mode }.
reading-round-criterion = A criterion's value across judges
reading-round-weighted_criterion = A criterion's value times its factor
reading-round-sheet = The total of a sheet
reading-round-class = What the judges of a class give together
reading-round-factor = The factor of a panel
reading-round-attempt = The value of an attempt
reading-round-panel = What the judges' marks give together
reading-round-entry = The entry's total
reading-round-round = The total with earlier rounds
reading-mode-half_up = half goes up
reading-mode-half_even = half goes to the even digit
reading-mode-truncate = the rest is cut off
reading-exact = Nothing else is rounded{ $rounded ->
    [yes] ; ties are decided on the value as rounded last.
   *[no] : places rest on the exact values.
}

reading-total = The total is { $terms }.
reading-own = { $weight ->
    [1] this round
   *[other] { $weight } × this round
}
reading-carry_of-rounded = { $weight ->
    [1] { $round }
   *[other] { $weight } × { $round }
} as published
reading-carry_of-rank = { $weight ->
    [1] {""}
   *[other] { $weight } ×{" "}
}{ $points ->
    [none] the rank in { $round }
   *[other] the points for the rank in { $round } ({ $points }, then 0)
}
reading-carry_of-exact = { $weight ->
    [1] { $round }
   *[other] { $weight } × { $round }
} before its rounding
reading-missing_round-refuse = Without a result in { $round } an entry has no place.
reading-missing_round-renormalise = Without a result in { $round } the other rounds count in proportion to their weights.
reading-missing_round-value = Without a result in { $round } an entry counts { $value } there.

reading-wins-highest = The highest total wins.
reading-wins-lowest = The lowest total wins.
reading-together = All entries are ranked together.
reading-group_by = Entries are ranked apart by { $fields }.
reading-field-region = region
reading-field-track = track
reading-rank_style-competition = After two entries in place 2 comes place 4.
reading-rank_style-dense = After two entries in place 2 comes place 3.
reading-rank_style-fractional = Two entries that share places 2 and 3 both have place 2.5.
reading-ties = Equal totals are decided by, in this order: { $chain }.
reading-ties-left = Where that decides nothing, the place is shared.
reading-ties-none = Equal totals share their place.
reading-tie_break-criterion = { $criterion }
reading-tie_break-judged = what the judges' marks give
reading-tie_break-own_total = this round's own total
reading-tie_break-earlier_total = the total in { $round }
reading-tie_break-earlier_rank = the rank in { $round }
reading-tie_break-untrimmed_sum = the sum of all sheets, dropped ones included
reading-tie_break-highest_sheet = the highest sheet
reading-tie_break-lowest_sheet = the lowest sheet
reading-tie_break-median = the median of all sheets
reading-tie_break-more_digits = one more decimal of the total, and so on
reading-tie_break-first_places = the number of judges who put the entry first
reading-tie_break-chair = the chair's recorded decision
reading-tie_break-lot = a recorded lot
reading-tie_break-shared = else the place is shared

reading-places_all = { $places } { $places ->
    [one] entry goes
   *[other] entries go
} on.
reading-per_group-all = { $places } { $places ->
    [one] entry goes
   *[other] entries go
} on in each group.
reading-per_group-each = Places in each group: { $places }.
reading-per_group-one = { $group } { $places }
reading-minimum_per_group = Each group has at least { $places } of them; the others go to the best of the rest.
reading-share = They are shared out among the groups in proportion to { $of }, { $by }; what is left over goes to the best of the rest.
reading-share_by-largest_remainder = by largest remainder
reading-share_of-submitted = the entries submitted
reading-share_of-accepted = the entries accepted
reading-share_of-scored = the entries with a place
reading-maximum_per_institution = At most { $maximum } of one institution { $maximum ->
    [one] goes
   *[other] go
} on.
reading-nominations-inside = Nominated entries use up places.
reading-nominations-beside = Nominated entries go on beside the places.
reading-minimum_score = { $wins ->
    [lowest] Only totals of { $score } and less go on.
   *[highest] Only totals of { $score } and more go on.
}
reading-tie_at_cut-chain = A tie at the cut that nothing decides waits.
reading-tie_at_cut-all_advance = Of a tie at the cut all go on.
reading-tie_at_cut-none_advance = Of a tie at the cut nobody goes on, and nobody comes in for them.
reading-tie_at_cut-wait = A tie at the cut waits for a recorded decision.
reading-ties_beside = Whoever comes in by a tie at a group's cut uses up no place of the rest.
reading-reserves = { $reserves } { $reserves ->
    [one] reserve is
   *[other] reserves are
} named{ $each ->
    [yes] {" "}in each group
   *[no] {""}
}.

reading-award = { $award }: { $first ->
    [none] all entries
    [portion] at most the best { $last } of the entries
    [next_portion] at most the next { $last } of the entries
    [next] the next { $last } { $last ->
        [1] place
       *[other] places
    }
    [same] place { $last }
   *[other] places { $first } to { $last }
}{ $each ->
    [yes] {" "}of each group
    [all] {" "}of all groups together
   *[no] {""}
}{ $by ->
    [none] {""}
   *[other] {" "}by { $by }
}{ $from ->
    [none] {""}
   *[other] {" "}with { $from } or { $wins ->
        [lowest] less
       *[highest] more
    }
}
reading-kind-pass_fail = { $criterion }: each judge lets an entry pass or fails it
reading-rejects-majority = an entry that more than half of the judges fail is rejected
reading-rejects-any = an entry that one judge fails is rejected
reading-rejects-class = an entry that a judge of { $class } fails is rejected
reading-rejects-judge = an entry that judge { $judge } fails is rejected
reading-once = once for all attempts
reading-attempts = Each entry has { $count } attempts. { $taken }
reading-take-word = { $taken }
reading-take-best = { $best ->
    [one] The best one counts.
   *[other] The { $best } best are { $together }.
}
reading-take_word-best = The best one counts.
reading-take_word-sum = All of them are added up.
reading-take_word-mean = Their mean counts.
reading-together-sum = added up
reading-together-mean = averaged
reading-classes = Judges are combined within their class; the classes then weigh: { $classes }.
reading-class = { $class } { $weight } ({ $sheets } { $sheets ->
    [one] sheet
   *[other] sheets
} at least)
reading-empty_class-refuse = An entry with fewer sheets of a class has no place.
reading-empty_class-renormalise = For an entry with fewer sheets of a class that class is left out, and the others weigh in proportion.
reading-best_of = Only the best { $best } of these count.
reading-missing_round-leave_out = Without a result in { $round } an entry has one result fewer of which the best count.
reading-tie_break-sealed = the tie-breaking judge's sealed sheet, which is opened only then
reading-share_by-d_hondt = by D'Hondt's quotients
reading-share_by-sainte_lague = by Sainte-Laguë's quotients
reading-maximum_per_group = At most { $maximum } of one group { $maximum ->
    [one] goes
   *[other] go
} on.
reading-tie_policy-every = { $every }
reading-tie_policy-each = Within a group: { $group } Among all: { $overall }
reading-stream = { $stream }, for the next of the same order: { $terms }
reading-one_award = An entry gets one award, the first of these that it can get.
reading-award_by-total = the total
reading-award_by-criterion = { $criterion }
reading-beside_others = also to an entry with another award
reading-penalties = Penalties and bonuses
reading-combine-rank_sum = Each judge's totals rank the entries of the group; the ranks are added up, and the lowest sum wins.
reading-combine-borda = Each judge's totals rank the entries of the group; an entry gets a point for each one behind it, and the highest sum wins.
reading-combine-component_ranks = The entries of the group are ranked by each criterion; the ranks are added up, and the lowest sum wins.
reading-combine-rank_points = Each judge's totals rank the entries of the group; the points for the ranks are added up, and the highest sum wins.
reading-combine-rank_product = Each judge's totals rank the entries of the group; the ranks are multiplied, and the lowest product wins.
reading-combine-component_points = The entries of the group are ranked by each criterion; the points for the ranks are added up, and the highest sum wins.
reading-combine-component_product = The entries of the group are ranked by each criterion; the ranks are multiplied, and the lowest product wins.
reading-points = Points from the first rank on: { $points }, then 0; equal ones share theirs.
reading-absent-refuse = An entry without a value of a criterion has no place.
reading-absent-after_last = An entry without a value of a criterion has the rank behind the last one there, and no points.
reading-unequal-refuse = Where entries have unequal numbers of judges the group can't be ranked.
reading-unequal-mean = Where entries have unequal numbers of judges the mean takes the place of the sum.
reading-lowest_value = the lowest value is the best
reading-tie_break-attempt = { $nth ->
    [1] the best attempt
    [2] the second best attempt
    [3] the third best attempt
   *[other] attempt number { $nth } from the best
}
reading-penalty = { $penalty }{ $points ->
    [0] {""}
   *[other] : { $points }{ $per ->
        [none] {""}
       *[other] {" "}for each { $per }{ $unit } begun
    }
}{ $grace ->
    [0] {""}
   *[other] , the first { $grace }{ $unit } free
}{ $from ->
    [none] {""}
   *[other] ; from { $from }{ $unit } on the entry is disqualified
}.
reading-distinct_totals = The totals that a judge gives to the entries of a group must all differ.

reading-comparable = Panels made comparable
reading-equalise-panel_means = Each entry's value is multiplied by the mean of the panels' means and divided by the mean of its own panel.
reading-equalise-grand_mean = Each entry's value is multiplied by the mean of all entries of the group and divided by the mean of its own panel.
reading-equalise-z_score = Each judge's { $over ->
    [criteria] marks of a criterion
   *[sheets] totals
} are put on one scale: how many of the judge's own standard deviations ({ $deviation }) each is above the judge's own mean.
reading-equalise-severity = What a judge is stricter or milder than the mean of all judges is estimated by least squares and taken off their marks.
reading-equalise_fixed = All this is fixed when the results are closed: who is disqualified or withdraws after that moves nobody else's total. It is computed anew when the group is reopened and closed again.
reading-deviation-population = of a population
reading-deviation-sample = of a sample
reading-rescale-observed = Points come back { $way }.
reading-rescale-stated = Points come back with a mean of { $mean } and a deviation of { $deviation }.
reading-observed-mean_and_deviation = with the mean and the deviation of all marks
reading-observed-observed_range = from the range of the entries' raw values
reading-z_minimum_sheets = A judge with fewer than { $sheets } sheets is not put on the scale.
reading-unconnected = Judges and entries that share nothing are { $assumed ->
    [yes] compared all the same, as if the panels were equal.
   *[no] not compared: the result is refused then.
}
