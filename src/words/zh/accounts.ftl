field-email = 应为邮箱地址，例如 name@example.org。
field-email_taken = 该邮箱地址已有账户。
field-password_length = 密码须为 { $minimum } 至 { $maximum } 个字符。
field-setup_token_unknown = 初始化令牌不正确，或已被使用。
