//! The frame of the API document: Swagger UI's own lacks what phones need.

use actix_web::http::header;
use actix_web::{HttpResponse, get};

const FRAME: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Palmares API</title>
<link rel="stylesheet" href="./swagger-ui.css">
<link rel="stylesheet" href="./index.css">
<link rel="icon" type="image/png" href="./favicon-32x32.png" sizes="32x32">
<style>
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 10px; }
  .swagger-ui .info { margin: 20px 0; }
  .swagger-ui .info .title { font-size: 26px; }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui .opblock .opblock-summary-path { max-width: calc(100% - 90px); overflow-wrap: anywhere; }
  .swagger-ui .opblock .opblock-summary-description { padding: 4px 10px; }
  .swagger-ui .opblock-summary-control { flex-wrap: wrap; min-width: 0; }
  .swagger-ui .opblock-body pre.microlight, .swagger-ui .opblock-description-wrapper { overflow-wrap: anywhere; }
  .swagger-ui table.parameters thead { display: none; }
  .swagger-ui table.parameters tr, .swagger-ui table.parameters td { display: block; width: 100%; max-width: none; padding: 2px 0; }
  .swagger-ui table.responses-table { table-layout: fixed; width: 100%; }
  .swagger-ui table.responses-table td.response-col_status { width: 56px; }
  .swagger-ui table.responses-table td.response-col_links, .swagger-ui table.responses-table .col_header.response-col_links { display: none; }
  .swagger-ui .scheme-container .schemes { flex-wrap: wrap; }
}
</style>
</head>
<body>
<div id="swagger-ui"></div>
<script src="./swagger-ui-bundle.js"></script>
<script src="./swagger-ui-standalone-preset.js"></script>
<script src="./swagger-initializer.js"></script>
</body>
</html>
"#;

/// The frame.
#[get("/docs/")]
pub(super) async fn docs() -> HttpResponse {
    frame()
}

/// The same under its file name.
#[get("/docs/index.html")]
pub(super) async fn index() -> HttpResponse {
    frame()
}

fn frame() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(FRAME)
}
