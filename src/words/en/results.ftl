## How far an entry is
status-draft = draft
status-submitted = submitted
status-accepted = accepted
status-rejected = rejected
status-withdrawn = withdrawn
status-in_round = in { $round }
status-advanced = advanced to { $round }
status-advanced_on = advanced
status-invited = invited to { $stream }
status-declined = gave up its place
status-not_advanced = not advanced
status-reserve = reserve { $reserve }{ $stream ->
    [none] {""}
   *[other] {" "}for { $stream }
}
status-awarded = awarded: { $award }
status-disqualified = disqualified
status-took_part = took part in { $round }

## Wrong places
field-entry_not_in_groups = Entry { $entry } is in none of these groups.
field-entry_named_twice = Entry { $entry } is named more than once.
field-entry_not_taking_part = Entry { $entry } was disqualified or withdrawn and can't be nominated.
field-unknown_group = The round has no group { $group }.
field-unknown_award = The rules have no award { $award }.
field-revision_missing = The revision of group { $group } is missing.
field-groups_missing = Name at least one group with its revision.
field-time_past = This time has passed; it is { $now } now.
field-note_required = Say what is corrected: this group was published before.
field-places_not_shared = The rules share out no places among groups, so there is nothing for a lot to decide.
field-group_named_twice = Group { $group } is named more than once.
field-tie_of_one = A tie is decided between two or more entries.

## Conflicts
conflict-group_not_closed = Group { $group } is not closed.
conflict-group_not_decided = It is not decided yet who of group { $group } goes on.
conflict-standings_moved = The standings of group { $group } have moved: the revision is { $current }, and you saw { $given }.
conflict-later_group_open = { $entries } would no longer go on and are judged in group { $group } of round { $round } already. Disqualify or withdraw them there first, or leave who goes on as it is.
conflict-later_group_filled = { $entries } would come in beside those who are judged in group { $group } of round { $round } already. Only as many can come in as left.
conflict-decision_stale = { $entries } left since it was decided who goes on. Decide again, then publish.
conflict-nothing_changed = What is published of { $groups } already says the same.
conflict-publication_visible = Publication { $number } of group { $group } can be seen already. Correct it with a new one.
conflict-publication_withdrawn = Publication { $number } of group { $group } was taken back already.
conflict-groups_compared = The rules of round { $round } compare its groups: decide all of them at once.
conflict-groups_apart = The rules of round { $round } never compare its groups: decide each by itself.
conflict-nothing_to_decide = The rules of round { $round } let nobody go on and give no awards: publish the closed groups.
conflict-tie_undecided = These entries are tied at the cut: { $entries }. Record a decision first.
conflict-shares_undecided = These groups have equal claims to the last places: { $groups }. Draw a lot and send their order as share_lot.
conflict-decided_meanwhile = Somebody else decided or published in round { $round } meanwhile. Look again.
