//! Where handlers are mounted: on a server, or in the API document.

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{OpenApiFactory, scope};

/// What handlers are mounted on. A server does not gather what the document says of them: for all operations that takes more
/// time and memory than the server itself.
pub enum Mount<'c, 's> {
    /// A server.
    Server(&'c mut web::ServiceConfig),
    /// The API document.
    Document(&'c mut ServiceConfig<'s>),
}

impl Mount<'_, '_> {
    /// Mounts a handler.
    pub fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, handler: F) -> &mut Self {
        match self {
            Self::Server(config) => drop(config.service(handler)),
            Self::Document(config) => drop(config.service(handler)),
        }
        self
    }

    /// Mounts handlers below an address.
    pub(super) fn below(&mut self, address: &str, handlers: fn(&mut Mount<'_, '_>)) {
        match self {
            Self::Server(config) => {
                let scope = web::scope(address);
                config.service(scope.configure(|config| handlers(&mut Mount::Server(config))));
            }
            Self::Document(config) => {
                let scope = scope::scope(address);
                config.service(scope.configure(|config| handlers(&mut Mount::Document(config))));
            }
        }
    }
}
