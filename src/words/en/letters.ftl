## Letters
letter-end = --
    Sent by Palmares, because somebody used this address there. Answers to this mail are not read.

letter-invitation-subject = { $inviter } invites you to { $competition }
letter-invitation-text = { $inviter } invites you to { $competition }.

    Role: { $role }

    To accept, open this link and press the button there, before { $until }:
    { $link }

    If you don't know what this is about, do nothing.

letter-email_verification-subject = Please confirm your e-mail address
letter-email_verification-text = Somebody registered with this e-mail address. If that was you, confirm it: open this link within { $days } days and press the button there.
    { $link }

    If it was not you, do nothing.

letter-password_reset-subject = A new password
letter-password_reset-text = Somebody asked to set a new password for the account with this e-mail address. If that was you, open this link within { $minutes } minutes:
    { $link }

    An older link does nothing any more. If it was not you, do nothing: your password stays as it is.

letter-sign_in_code-subject = Your code to sign in
letter-sign_in_code-text = Your code to sign in is

    { $code }

    It is good for { $minutes } minutes, and only where it was asked for. Tell it to nobody: nobody who helps you needs it.

    If you did not ask for it, do nothing.

letter-email_change-subject = Please confirm your new e-mail address
letter-email_change-text = Somebody wants to use this e-mail address for their account. If that was you, confirm it: open this link within { $days } days and press the button there.
    { $link }

    If it was not you, do nothing.

letter-email_changed-subject = Your e-mail address was changed
letter-email_changed-text = Your account has another e-mail address now: { $address }. This one signs in no longer.

    If that was not you, tell whoever runs this contest at once.

letter-password_changed-subject = Your password was changed
letter-password_changed-text = The password of your account was changed, and all sessions were ended. Sign in again with the new one.

    If that was not you, set a new password at once, and tell whoever runs this contest.

letter-second_factor_removed-subject = Your second factor was removed
letter-second_factor_removed-text = An admin removed the second factor of your account, and all sessions were ended. Sign in with your password and set up a new one.

    If you did not ask for this, set a new password at once, and tell whoever runs this contest.
letter-identity_added-subject = Another way to sign in to your account
letter-identity_added-text = Your account can be entered by a sign-in at { $provider } from now on.

    If that was not you, sign in, remove it from your account and change your password, and tell whoever runs this contest.

letter-sign_in_code-brief = { $code } is your code to sign in at Palmares, good for { $minutes } minutes. Tell it to nobody.

letter-phone_confirmation-subject = Confirm your phone
letter-phone_confirmation-text = { $code } confirms this phone at Palmares, good for { $minutes } minutes. Tell it to nobody.

letter-phone_added-subject = Your account has a phone
letter-phone_added-text = Codes that sign in to your account can be sent to the phone { $phone } from now on.

    If that was not you, sign in, remove it from your account and change your password, and tell whoever runs this contest.
