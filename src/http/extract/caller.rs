//! Who asks: by an access token, an API token or the cookie of a page of ours.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use crate::app::actor::Actor;
use crate::app::{App, api_tokens};
use crate::error::{Error, Result, Unauthenticated};
use crate::http::edge::Proven;
use crate::http::problem::Problem;
use crate::http::{State, cookies};

/// Who asks, as their access token proves it.
#[derive(Debug, Clone)]
pub struct Caller(pub Actor);

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let actor = proven(&request).await.map_err(Problem)?;
            if let (Actor::Program(hash), Some(state)) = (&actor, request.app_data::<web::Data<State>>()) {
                note_use(&state.app, hash.clone()).await.map_err(Problem)?;
            }
            Ok(Self(actor))
        })
    }
}

/// Who asks, as it was found at the edge.
pub(super) async fn proven(request: &HttpRequest) -> Result<Actor> {
    let proven = request.extensions().get::<Proven>().cloned();
    match proven {
        Some(Proven(actor)) => actor.ok_or(Error::Unauthenticated(Unauthenticated::Token)),
        None => caller(request).await,
    }
}

/// Who asks, by an access token, an API token or the cookie of a page of ours.
///
/// # Errors
/// [`Unauthenticated::Token`] when what came proves nothing.
pub(in crate::http) async fn caller(request: &HttpRequest) -> Result<Actor> {
    let state = request
        .app_data::<web::Data<State>>()
        .ok_or_else(|| Error::internal("no state"))?;
    match bearer(request)? {
        Some(token) => state.keys.prove(&state.app, token).await,
        None => match cookies::access(request, &state.edge) {
            Some(token) => state.keys.prove(&state.app, &token).await,
            None => Ok(Actor::Guest),
        },
    }
}

/// Notes once in a while that an API token is used, and refuses one that is not good before anything else is done.
async fn note_use(app: &App, hash: String) -> Result<()> {
    if let Some(id) = app.read(move |tx| api_tokens::unnoted(tx, &hash)).await?
        && let Err(error) = app.write(move |tx| api_tokens::note_use(tx, id)).await
    {
        // The request itself may well succeed.
        tracing::warn!("the use of an API token was not noted: {error}");
    }
    Ok(())
}

fn bearer(request: &HttpRequest) -> Result<Option<&str>> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let refused = || Error::Unauthenticated(Unauthenticated::Token);
    // The scheme's name is told in any case (RFC 9110, 11.1).
    let token = value
        .to_str()
        .ok()
        .and_then(|v| v.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(refused)?;
    Ok(Some(token))
}
