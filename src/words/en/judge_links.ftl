## Links that sign judges in, and tablets of a hall
problem-judge_link_unknown = There is no such link: it is not whole, or a newer one took its place
problem-judges_only = You signed in by a judge's link: it is good for judging in its competition and nothing else
field-judge_link_window = This lies between the beginning and { $latest }.
field-judge_link_devices = A link signs in on 1 to { $maximum } devices.
field-cookie_needs_own_form = This form did not come from a page of this server. Open the link again and press the button there.
conflict-judges_none = There is no judge to make a link for: name judges first.
conflict-judge_links_at_once = At most { $maximum } links are made at once; name the judges.
conflict-judge_link_revoked = This link was revoked, or a newer one took its place. Ask the organizer for the new one.
conflict-judge_link_early = This link opens at { $moment }.
conflict-judge_link_ended = This link ended at { $moment }. Ask the organizer for a new one.
conflict-judge_link_idle = Whoever has this link is no judge of the competition any more. Ask the organizer.
conflict-judge_link_full = This link is in use on { $devices ->
    [1] another device
   *[other] { $devices } other devices
 } already. Sign out there, or ask the organizer for a new link.
conflict-too_many_tablets = A competition has at most { $maximum } tablets; remove some first.
conflict-tablet_bound = This link was used already. Ask the organizer to name the tablet anew.
conflict-tablet_ended = This tablet belongs to the hall no longer. Ask the organizer to name it anew.
conflict-tablet_elsewhere = This tablet belongs to another competition than your link.
thing-judge_link = judge's link
thing-tablet = tablet

page-judge-title = Sign in as a judge
page-judge-what = Scan your QR code or open your link. Where that does not work, type the code from your card.
page-judge-code = Code of your link
page-judge-code-hint = 26 letters and digits, with or without hyphens.
page-judge-continue = Continue
page-judge-who = Is this you?
page-judge-name = Judge
page-judge-competition = Competition
page-judge-until = Good until
page-judge-sign-in = Yes, sign in on this device
page-judge-on-device = Nothing has happened yet: the link is used when you press the button. The sign-in is good for judging in this competition only.
page-judge-on-tablet = You sit at { $tablet }. Whoever used it before you is signed out. Hand the tablet over when you are done.
page-judge-welcome = Welcome, { $judge }
page-judge-welcome-what = You are signed in on this device, as a judge of this competition and nothing else.
page-judge-nothing = No entries are assigned to you yet.
page-judge-waiting = { $round }, { $group }: { $done } of { $all } marked
page-tablet-title = Bind a tablet
page-tablet-what = Open the link of the tablet on the tablet itself. Where that does not work, type its code.
page-tablet-code = Code of the tablet
page-tablet-which = { $tablet }
page-tablet-which-what = From now on this browser is “{ $tablet }” of { $competition }: judges take turns on it. Nothing has happened yet; the link is used when you press the button.
page-tablet-bind = Bind this browser
page-seat-of = { $competition }
page-seat-turn = It is { $judge }'s turn.
page-seat-free = The tablet is free. The next judge signs in here.
page-seat-digits = Your 8 digits
page-seat-digits-hint = They stand on your card. You may also scan your QR code with this tablet.
page-seat-sit = Begin my turn
page-seat-hand-over = I am done: sign out and hand over
page-sheet-title = { $competition }: links for judges
page-sheet-what = Print this page now: the codes are shown only once. Give each judge their own card and no other; whoever has a card can judge in that name.
page-sheet-kept = These judges have a link already, which stays good. Make them new ones if theirs are lost:
page-sheet-scan = Scan with your phone and press the button.
page-sheet-type = Or type:
page-sheet-pin = On a tablet of the hall:
page-sheet-window = { $from } – { $until } · { $devices ->
    [1] one device
   *[other] { $devices } devices
 }
letter-judge_link-subject = Your link to judge in { $competition }
letter-judge_link-text = This link signs you in as a judge of { $competition }. Open it on the device on which you judge, and press the button there:

    { $link }

    It is good from { $from } until { $until }. Whoever has it can judge in your name: pass it on to nobody.
