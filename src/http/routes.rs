//! Every resource and where it is.

use super::api;
use super::mount::Mount;

/// Mounts the API. What stands here is in the API document, and nothing else is.
pub fn mount(config: &mut Mount<'_, '_>) {
    api::health::routes(config);
    config.below("/api/v1", version_1);
}

fn version_1(config: &mut Mount<'_, '_>) {
    api::users::routes(config);
    api::sessions::routes(config);
    api::own_sessions::routes(config);
    api::second_factor::routes(config);
    api::api_tokens::routes(config);
    api::accounts::routes(config);
    api::identities::routes(config);
    api::phones::routes(config);
    api::sign_in_codes::routes(config);
    api::password_resets::routes(config);
    api::email_addresses::routes(config);
    api::messages::routes(config);
    api::ballots::routes(config);
    api::paper::routes(config);
    api::late::routes(config);
    api::recorded::routes(config);
    api::adjustments::routes(config);
    api::tie_decisions::routes(config);
    api::standings::routes(config);
    api::closure::routes(config);
    api::advancement::routes(config);
    api::publication::routes(config);
    api::proposals::routes(config);
    api::offers::routes(config);
    api::refilling::routes(config);
    api::results::routes(config);
    api::status::routes(config);
    api::rounds::routes(config);
    api::rules::routes(config);
    api::comparisons::routes(config);
    api::groups::routes(config);
    api::panels::routes(config);
    api::assignments::routes(config);
    api::round_entries::routes(config);
    api::progress::routes(config);
    api::live::routes(config);
    api::competitions::routes(config);
    api::divisions::routes(config);
    api::members::routes(config);
    api::invitations::routes(config);
    api::judge_links::routes(config);
    api::tablets::routes(config);
    api::changes::routes(config);
    api::imports::routes(config);
    api::screening::routes(config);
    api::entries::routes(config);
}
