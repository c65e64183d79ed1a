field-email = 应为邮箱地址，例如 name@example.org。
field-email_taken = 该邮箱地址已有账户。
field-password_length = 密码须为 { $minimum } 至 { $maximum } 个字符。
field-setup_token_unknown = 初始化令牌不正确，或已被使用。
field-wrong_password = 密码不正确。
field-wrong_code = 验证码不正确，或已被使用。
field-code_needed = 您已启用两步验证，还须填写验证码。
field-true_or_false = 应为 true 或 false。
field-scope_needed = 令牌至少须有一项权限范围。
field-token_end = 令牌的截止时间须在将来，最晚为 { $latest }。

conflict-second_factor_active = 您已启用两步验证，请先移除。
conflict-second_factor_missing = 没有启用两步验证。
conflict-too_many_tokens = 每人最多 { $maximum } 个 API 令牌，请先撤销一些。
conflict-own_account = 这是您自己的账户，须由另一位管理员操作。
conflict-account_suspended = 此账户已被停用。
conflict-account_not_suspended = 此账户没有被停用。
