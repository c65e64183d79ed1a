## Kinds of problems
problem-invalid = 请求中有错误
problem-malformed = 无法理解该请求
problem-too_large = 请求超过 { $maximum } 字节
problem-not_json = 请求正文须为 JSON，内容类型为 application/json
problem-method_not_allowed = 此地址仅支持 { $allow }
problem-sign_in_required = 请先登录
problem-token_invalid = 访问令牌无效或已过期
problem-session_ended = 会话已结束，请重新登录
problem-wrong_credentials = 邮箱地址与密码不匹配
problem-forbidden = 您可以查看，但无权执行此操作
problem-not_found = 没有找到该{ $what }
problem-conflict = 现在不能这样做
problem-stale = 自您读取之后，内容已被更改
problem-precondition_required = 请说明更改所依据的版本：用 If-Match 带上版本标签；新建时用 If-None-Match: *
problem-busy = 等待处理的请求过多，请稍后再试
problem-too_many = 尝试次数过多，请稍后再试
problem-internal = 服务器出现故障，没有做任何更改

## Wrong places
field-unknown_field = 此处没有字段 { $field }。
field-missing_field = 缺少 { $field }。
field-unexpected_value = 内容不符合要求：{ $problem }。
field-text_length = 文字长度须为 { $minimum } 至 { $maximum } 个字符。
field-text_blank = 此项必填，中文或英文均可。
field-reason_required = 须说明理由。
field-version_tag = 应为版本标签，例如 "v7"；收到的是 { $given }。
field-idempotency_key_length = 幂等键须为 1 至 { $maximum } 个字符。
field-idempotency_key_reused = 幂等键 { $key } 已用于另一个请求。
field-cursor = 此游标不属于这个列表。
field-limit = 每页 1 至 { $maximum } 项。

## Conflicts
conflict-idempotency_key_in_use = 使用同一幂等键的请求正在处理中。
