HTTP/1.1 404 Not Found
content-length: 157
referrer-policy: no-referrer
permissions-policy: camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()
content-type: application/problem+json
cross-origin-resource-policy: same-origin
x-request-id: ce2d285e-3aa7-499a-b2c6-3a52ca0bfc19
vary: Accept-Language
x-frame-options: DENY
cross-origin-opener-policy: same-origin
cache-control: no-store
content-security-policy: default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
x-content-type-options: nosniff
date: Sat, 21 Nov 2026 21:53:30 GMT

