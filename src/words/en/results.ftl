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
status-offered = offered { $place ->
    [none] a place
   *[other] place { $place }
}{ $where ->
    [none] {""}
   *[other] {" "}in { $where }
}{ $reserve ->
    [none] {""}
   *[other] , as reserve { $reserve }
}; answer before { $until }
status-confirmed = confirmed its place{ $where ->
    [none] {""}
   *[other] {" "}in { $where }
}
status-expired = did not answer the offer of a place{ $where ->
    [none] {""}
   *[other] {" "}in { $where }
} in time
status-not_advanced = not advanced
status-reserve = reserve { $reserve }{ $stream ->
    [none] {""}
   *[other] {" "}for { $stream }
}
status-awarded = awarded: { $awards }
status-disqualified = disqualified
status-took_part = took part in { $round }

## Wrong places
field-entry_not_in_groups = Entry { $entry } is in none of these groups.
field-entry_named_twice = Entry { $entry } is named more than once.
field-entry_not_taking_part = Entry { $entry } was disqualified or withdrawn and can't be nominated.
field-unknown_group = The round has no group { $group }.
field-unknown_award = The rules have no award { $awards }.
field-revision_missing = The revision of group { $group } is missing.
field-groups_missing = Name at least one group with its revision.
field-time_past = This time has passed; it is { $now } now.
field-note_required = Say what is corrected: this group was published before.
field-places_not_shared = The rules share out no places among groups, so there is nothing for a lot to decide.
field-group_named_twice = Group { $group } is named more than once.
field-tie_of_one = A tie is decided between two or more entries.
field-entry_without_place = Entry { $entry } has no place that could be offered.
field-offer_entries_length = Name { $minimum } to { $maximum } entries, or leave the field out for all to whom a place is due.
field-offer_deadline_not_later = The new deadline must be after the old one, { $deadline }, and after now, { $now }.
field-deadline_required = Say until when those who come in can answer.

## Conflicts
conflict-group_not_closed = Group { $group } is not closed.
conflict-group_not_decided = It is not decided yet who of group { $group } goes on.
conflict-standings_moved = The standings of group { $group } have moved: the revision is { $current }, and you saw { $given }.
conflict-basis_moved = Something besides the ballots has changed in group { $group } since you looked: the basis is { $current }, and you saw { $given }.
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
conflict-nothing_to_offer = Every place of round { $round } that you may offer is offered already, or none is given yet.
conflict-offer_exists = { $entries ->
    [none] A place was offered at the same time by somebody else. Look again.
   *[other] { $entries } were offered their place already. Extend the deadline or take the offer back.
}
conflict-result_not_published = Nothing that everybody can see says yet that { $entries } have a place. Publish first, then offer.
conflict-offer_settled = It was decided without this entry since; the place is somebody else's.
conflict-offer_withdrawn = The organizers took this offer back.
conflict-offer_expired = The deadline of this offer is over. Ask the organizers for more time.
conflict-offer_same_answer = That was answered already.
conflict-offer_declined = The place was declined. Only the organizers can still give it back.
conflict-offer_answered = This offer was answered already.
conflict-offer_entry_judged = This entry is judged in group { $group } of round { $round } already. Withdraw it, or ask the organizers to take it out there.
conflict-entries_declined_place = { $entries } declined their place here or did not answer in time. Take entries in again, then open the group.
conflict-nothing_to_refill = Nobody who has a place in round { $round } left.
conflict-refilling_moved = Others would come in now than you saw: { $entries ->
    [none] nobody
   *[other] { $entries }
}. Look again.
