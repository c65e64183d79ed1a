## 信件
letter-end = --
    本邮件由 Palmares 发送，因为有人在那里使用了此邮箱。请勿直接回复，回复不会被阅读。

letter-invitation-subject = { $inviter }邀请您加入“{ $competition }”
letter-invitation-text = { $inviter }邀请您加入“{ $competition }”。

    角色：{ $role }

    如要接受，请在 { $until } 之前打开以下链接，并点击页面上的按钮：
    { $link }

    如果您不清楚这是什么，无需理会。

letter-email_verification-subject = 请确认您的邮箱
letter-email_verification-text = 有人用此邮箱注册了账号。如果是您本人，请在 { $days } 天内打开以下链接，并点击页面上的按钮进行确认：
    { $link }

    如果不是您本人，无需理会。

letter-password_reset-subject = 设置新密码
letter-password_reset-text = 有人请求为使用此邮箱的账号设置新密码。如果是您本人，请在 { $minutes } 分钟内打开以下链接：
    { $link }

    更早的链接已经失效。如果不是您本人，无需理会，您的密码不会改变。

letter-sign_in_code-subject = 您的登录验证码
letter-sign_in_code-text = 您的登录验证码是

    { $code }

    { $minutes } 分钟内有效，且只能在请求验证码的设备上使用。请勿告诉任何人：真正帮助您的人不需要它。

    如果不是您本人请求的，无需理会。

letter-email_change-subject = 请确认您的新邮箱
letter-email_change-text = 有人希望在自己的账号中使用此邮箱。如果是您本人，请在 { $days } 天内打开以下链接，并点击页面上的按钮进行确认：
    { $link }

    如果不是您本人，无需理会。

letter-email_changed-subject = 您的邮箱已更改
letter-email_changed-text = 您的账号现在使用另一个邮箱：{ $address }。本邮箱不能再用于登录。

    如果不是您本人操作，请立即告知主办方。

letter-password_changed-subject = 您的密码已更改
letter-password_changed-text = 您账号的密码已更改，所有登录均已退出。请用新密码重新登录。

    如果不是您本人操作，请立即重新设置密码，并告知主办方。

letter-second_factor_removed-subject = 您的第二验证因素已被移除
letter-second_factor_removed-text = 管理员移除了您账号的第二验证因素，所有登录均已退出。请用密码登录，并重新设置。

    如果您没有提出过这一请求，请立即重新设置密码，并告知主办方。
letter-identity_added-subject = 您的账号新增了登录方式
letter-identity_added-text = 从现在起，可以通过{ $provider }登录您的账号。

    如果不是您本人操作，请登录后移除该登录方式并更改密码，同时告知主办方。

letter-sign_in_code-brief = { $code } 是您登录 Palmares 的验证码，{ $minutes } 分钟内有效。请勿告诉任何人。

letter-phone_confirmation-subject = 确认您的手机号
letter-phone_confirmation-text = { $code } 是 Palmares 确认此手机号的验证码，{ $minutes } 分钟内有效。请勿告诉任何人。

letter-phone_added-subject = 您的账号已绑定手机号
letter-phone_added-text = 从现在起，登录验证码可以发送到手机号 { $phone }。

    如果不是您本人操作，请登录后移除该手机号并更改密码，同时告知主办方。
