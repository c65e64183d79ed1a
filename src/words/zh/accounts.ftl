field-email = 应为邮箱地址，例如 name@example.org。
field-email_taken = 该邮箱地址已有账户。
field-password_length = 密码须为 { $minimum } 至 { $maximum } 个字符。
field-setup_token_unknown = 初始化令牌不正确，或已被使用。
field-cookie_needs_https = 只有通过 https 访问本服务器时，会话才能保存在 Cookie 中。
field-cookie_needs_own_page = Cookie 仅供本服务器的页面使用：请求须来自这些页面，并带有 X-Palmares 请求头。
