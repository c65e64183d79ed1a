## Kinds of problems
problem-invalid = 请求中有错误
problem-malformed = 无法理解该请求
problem-too_large = 请求超过 { $maximum } 字节
problem-address_too_long = 地址超过 { $maximum } 字节
problem-headers_too_large = 请求头超过 { $maximum } 字节
problem-not_json = 请求正文须为 JSON，内容类型为 application/json
problem-method_not_allowed = 此地址仅支持 { $allow }
problem-sign_in_required = 请先登录
problem-token_invalid = 访问令牌无效或已过期
problem-session_ended = 会话已结束，请重新登录
problem-wrong_credentials = 邮箱地址与密码不匹配
problem-wrong_code = 验证码不正确、已被使用或已失效
problem-sign_in_over = 此次登录等待过久，或验证码多次错误，请重新登录
problem-second_factor_demanded = 此处要求两步验证，请先完成设置
problem-proof_demanded = 请再次验证身份：此操作须在最近 15 分钟内登录过
problem-out_of_scope = 此 API 令牌无权执行该操作
problem-forbidden = 您可以查看，但无权执行此操作
problem-not_found = 没有找到该{ $what }
problem-conflict = 现在不能这样做
problem-stale = 自您读取之后，内容已被更改
problem-too_slow = 请求没有在规定时间内完整送达
problem-provider_away = 该登录服务暂时没有响应，请稍后再试，或改用其他方式登录
problem-database_down = 数据库没有响应
problem-precondition_required = 请说明更改所依据的版本：用 If-Match 带上版本标签；新建时用 If-None-Match: *
problem-outcome_unknown = 保存过程中数据库连接中断，结果未知：请查看是否已保存，或重新发送同一请求
problem-busy = 等待处理的请求过多，请稍后再试
problem-too_many = 尝试次数过多，请稍后再试
problem-internal = 服务器出现故障，没有做任何更改

## Wrong places
field-unknown_field = 此处没有字段 { $field }。
field-missing_field = 缺少 { $field }。
field-unexpected_value = 此处内容不符合要求。
field-nul_character = 文字中不能有 U+0000。
field-character_not_in_line = 单行文字中不能有 { $character }：它会换行、不显示，或改变文字方向。
field-body_empty = 请求正文为空，应为一个 JSON 对象。
field-body_cut_off = 请求正文不完整。
field-not_utf8 = 请求正文不是 UTF-8 编码。
field-query_malformed = 地址中“?”之后的部分无法读取。
field-request_malformed = 请求不符合 HTTP 规范。
field-text_length = 文字长度须为 { $minimum } 至 { $maximum } 个字符。
field-text_blank = 此项必填，中文或英文均可。
field-reason_required = 须说明理由。
field-version_tag = 应为版本标签，例如 "v7"；收到的是 { $given }。
field-one_version_tag = 请写明您看到的那一个版本，例如 "v7"：{ $given } 可能会覆盖他人的更改。
field-idempotency_key_length = 幂等键须为 1 至 { $maximum } 个字符。
field-idempotency_key_reused = 幂等键 { $key } 已用于另一个请求。
field-cursor = 此游标不属于这个列表。
field-limit = 每页 1 至 { $maximum } 项。

## Conflicts
conflict-idempotency_key_in_use = 使用同一幂等键的请求正在处理中。
