## Wrong places
field-needed_to_submit = This is needed to submit an entry.
field-team_too_small = A team has at least { $minimum } members here.
field-team_too_large = A team has at most { $maximum } members here.
field-number_of_items = Expected { $minimum } to { $maximum } items.
field-answer_required = This question needs an answer before the entry can be submitted.
field-answer_text = Expected a text.
field-answer_number = Expected a number such as 12.5, with at most { $digits } digits on each side of the point; { $given } was given.
field-answer_choice = Expected one of: { $choices }.
field-answer_yes_no = Expected true or false.
field-answer_link = Expected an address that begins with https:// or http://.
field-unknown_entry = There is no entry { $entry } here.
field-entry_twice = Entry { $entry } stands twice.
field-entry_not_submitted = This entry is still a draft.
field-entry_withdrawn = This entry was withdrawn.
field-entry_of_own_team = You are in the team of this entry: somebody else has to screen it.
field-entry_in_group = This entry takes part in a round.

## Conflicts
conflict-registration_not_planned = Contestants can't register: no registration window is set.
conflict-registration_not_open = Registration opens at { $opens }.
conflict-registration_closed = Registration closed at { $closed }.
conflict-entry_not_open = The entry is { $status }: its owner can't change it any more.
conflict-entry_not_draft = The entry was submitted already.
conflict-entry_not_submitted = The entry is still a draft.
conflict-entry_withdrawn = The entry was withdrawn.
conflict-entry_of_own_team = You are in the team of this entry: somebody else has to screen it.
conflict-too_many_entries = Nobody enters more than { $maximum } projects; an organizer can import more.
conflict-entry_rejected = The entry was rejected.
conflict-entry_in_open_group = A group that the entry takes part in was opened: the entry can't be changed any more.
conflict-entry_in_group = The entry takes part in a round, so its track, region and acceptance are fixed.
conflict-entries_not_screenable = Some of the entries can't be screened; none was.
