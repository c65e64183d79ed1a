//! The tables, once for both databases; `tests/migrations.rs` compares them with what the migrations make.
#![allow(
    missing_docs,
    reason = "the columns are explained where they are made, in the migrations"
)]

diesel::table! {
    outbox (id) {
        id -> BigInt,
        kind -> Text,
        body -> Text,
        created_at -> Timestamp,
        due_at -> Timestamp,
        attempts -> BigInt,
        state -> Text,
        last_error -> Nullable<Text>,
        public_id -> Nullable<Text>,
        recipient -> Nullable<Text>,
        expires_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    versions (topic) {
        topic -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        public_id -> Text,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        is_admin -> Bool,
        disabled_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        version -> BigInt,
        email_verified_at -> Nullable<Timestamp>,
        language -> Nullable<Text>,
        phone -> Nullable<Text>,
    }
}

diesel::table! {
    phone_codes (id) {
        id -> BigInt,
        user_id -> BigInt,
        public_id -> Text,
        phone -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        tries -> BigInt,
    }
}

diesel::table! {
    links (id) {
        id -> BigInt,
        user_id -> BigInt,
        kind -> Text,
        token_hash -> Text,
        email -> Nullable<Text>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sign_in_codes (id) {
        id -> BigInt,
        public_id -> Text,
        handle_hash -> Text,
        recipient -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        tries -> BigInt,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    brakes (key) {
        key -> Text,
        count -> BigInt,
        free_at -> Timestamp,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        public_id -> Text,
        user_id -> BigInt,
        created_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        end_reason -> Nullable<Text>,
        kind -> Text,
        device -> Nullable<Text>,
        last_used_at -> Nullable<Timestamp>,
        proved_at -> Nullable<Timestamp>,
        judge_link_id -> Nullable<BigInt>,
        tablet_id -> Nullable<BigInt>,
        vouched -> Bool,
    }
}

diesel::table! {
    judge_links (id) {
        id -> BigInt,
        public_id -> Text,
        competition_id -> BigInt,
        user_id -> BigInt,
        code_hash -> Text,
        pin_hash -> Text,
        opens_at -> Timestamp,
        expires_at -> Timestamp,
        devices -> BigInt,
        created_by -> BigInt,
        created_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    identities (id) {
        id -> BigInt,
        public_id -> Text,
        user_id -> BigInt,
        provider -> Text,
        issuer -> Text,
        subject -> Text,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    tablets (id) {
        id -> BigInt,
        public_id -> Text,
        competition_id -> BigInt,
        name -> Text,
        code_hash -> Text,
        seat_hash -> Nullable<Text>,
        created_by -> BigInt,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        bound_at -> Nullable<Timestamp>,
        removed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    spent_sign_ins (state_hash) {
        state_hash -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    refresh_tokens (id) {
        id -> BigInt,
        session_id -> BigInt,
        token_hash -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        parent_id -> Nullable<BigInt>,
        superseded_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    second_factors (id) {
        id -> BigInt,
        user_id -> BigInt,
        sealed_secret -> Binary,
        created_at -> Timestamp,
        confirmed_at -> Nullable<Timestamp>,
        last_step -> Nullable<BigInt>,
        failures -> BigInt,
        failing_since -> Nullable<Timestamp>,
    }
}

diesel::table! {
    recovery_codes (id) {
        id -> BigInt,
        user_id -> BigInt,
        code_hash -> Text,
        created_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sign_in_steps (id) {
        id -> BigInt,
        user_id -> BigInt,
        token_hash -> Text,
        kind -> Text,
        device -> Nullable<Text>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        tries -> BigInt,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    api_tokens (id) {
        id -> BigInt,
        public_id -> Text,
        user_id -> BigInt,
        name -> Text,
        scopes -> Text,
        competition_id -> Nullable<BigInt>,
        token_hash -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    signing_keys (id) {
        id -> BigInt,
        kid -> Text,
        wrapped_secret -> Binary,
        created_at -> Timestamp,
        retired_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    setup_tokens (id) {
        id -> BigInt,
        token_hash -> Text,
        created_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    idempotency_keys (id) {
        id -> BigInt,
        user_id -> BigInt,
        method -> Text,
        path -> Text,
        key -> Text,
        body_hash -> Text,
        answer -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    competitions (id) {
        id -> BigInt,
        slug -> Text,
        name -> Text,
        description -> Text,
        time_zone -> Text,
        registration_opens_at -> Nullable<Timestamp>,
        registration_closes_at -> Nullable<Timestamp>,
        blind -> Bool,
        team_min -> BigInt,
        team_max -> BigInt,
        fields -> Text,
        last_entry_number -> BigInt,
        published_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        version -> BigInt,
        early_comparisons -> Bool,
        two_persons -> Bool,
    }
}

diesel::table! {
    tracks (id) {
        id -> BigInt,
        competition_id -> BigInt,
        code -> Text,
        name -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    regions (id) {
        id -> BigInt,
        competition_id -> BigInt,
        code -> Text,
        name -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    members (id) {
        id -> BigInt,
        public_id -> Text,
        competition_id -> BigInt,
        user_id -> BigInt,
        role -> Text,
        region_id -> Nullable<BigInt>,
        interest_exception -> Nullable<Text>,
        created_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    invitations (id) {
        id -> BigInt,
        public_id -> Text,
        competition_id -> BigInt,
        email -> Text,
        role -> Text,
        region_id -> Nullable<BigInt>,
        token_hash -> Text,
        created_by -> BigInt,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        accepted_at -> Nullable<Timestamp>,
        accepted_by -> Nullable<BigInt>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    entries (id) {
        id -> BigInt,
        competition_id -> BigInt,
        number -> BigInt,
        owner_id -> Nullable<BigInt>,
        status -> Text,
        status_reason -> Nullable<Text>,
        title -> Text,
        summary -> Text,
        track_id -> Nullable<BigInt>,
        region_id -> Nullable<BigInt>,
        institution -> Nullable<Text>,
        country -> Nullable<Text>,
        answers -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        submitted_at -> Nullable<Timestamp>,
        screened_at -> Nullable<Timestamp>,
        withdrawn_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    team_members (id) {
        id -> BigInt,
        entry_id -> BigInt,
        position -> BigInt,
        name -> Text,
        email -> Nullable<Text>,
        role -> Nullable<Text>,
    }
}

diesel::table! {
    events (id) {
        id -> BigInt,
        competition_id -> Nullable<BigInt>,
        at -> Timestamp,
        actor_id -> Nullable<BigInt>,
        action -> Text,
        subject -> Text,
        version_from -> Nullable<BigInt>,
        version_to -> Nullable<BigInt>,
        details -> Text,
    }
}

diesel::table! {
    rounds (id) {
        id -> BigInt,
        competition_id -> BigInt,
        code -> Text,
        position -> BigInt,
        title -> Text,
        on_stage -> Bool,
        release -> Text,
        public_list -> Text,
        rules_version -> BigInt,
        fixed_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    rules_versions (id) {
        id -> BigInt,
        round_id -> BigInt,
        number -> BigInt,
        document -> Text,
        reason -> Nullable<Text>,
        created_by -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    round_groups (id) {
        id -> BigInt,
        round_id -> BigInt,
        code -> Text,
        title -> Text,
        group_key -> Text,
        region_id -> Nullable<BigInt>,
        phase -> Text,
        opened_at -> Nullable<Timestamp>,
        closed_at -> Nullable<Timestamp>,
        decided_at -> Nullable<Timestamp>,
        published_at -> Nullable<Timestamp>,
        version -> BigInt,
        reopenings -> BigInt,
    }
}

diesel::table! {
    round_entries (id) {
        id -> BigInt,
        round_id -> BigInt,
        group_id -> BigInt,
        entry_id -> BigInt,
        status -> Text,
        status_reason -> Nullable<Text>,
        recorded -> Text,
        recorded_version -> BigInt,
        created_at -> Timestamp,
        version -> BigInt,
        taken_from -> Nullable<BigInt>,
    }
}

diesel::table! {
    round_judges (id) {
        id -> BigInt,
        round_id -> BigInt,
        user_id -> BigInt,
        code -> Text,
        class -> Nullable<Text>,
        created_at -> Timestamp,
        is_sealed -> Bool,
    }
}

diesel::table! {
    panels (id) {
        id -> BigInt,
        round_id -> BigInt,
        group_id -> BigInt,
        code -> Text,
        title -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    panel_judges (id) {
        id -> BigInt,
        panel_id -> BigInt,
        judge_id -> BigInt,
        is_chair -> Bool,
    }
}

diesel::table! {
    assignments (id) {
        id -> BigInt,
        round_id -> BigInt,
        group_id -> BigInt,
        round_entry_id -> BigInt,
        judge_id -> BigInt,
        panel_id -> Nullable<BigInt>,
        status -> Text,
        reason -> Nullable<Text>,
        changed_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    ballots (id) {
        id -> BigInt,
        assignment_id -> BigInt,
        group_id -> BigInt,
        status -> Text,
        source -> Text,
        marks -> Text,
        comment -> Nullable<Text>,
        typed_by -> Nullable<BigInt>,
        counted -> Nullable<BigInt>,
        updated_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    ballot_versions (id) {
        id -> BigInt,
        ballot_id -> BigInt,
        group_id -> BigInt,
        number -> BigInt,
        rules_version -> BigInt,
        source -> Text,
        marks -> Text,
        comment -> Nullable<Text>,
        submitted_by -> BigInt,
        submitted_at -> Timestamp,
        late -> Bool,
        decision -> Nullable<Text>,
        decision_reason -> Nullable<Text>,
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    adjustments (id) {
        id -> BigInt,
        public_id -> Text,
        group_id -> BigInt,
        round_entry_id -> BigInt,
        points -> BigInt,
        reason -> Text,
        created_by -> BigInt,
        created_at -> Timestamp,
        revoked_by -> Nullable<BigInt>,
        revoked_at -> Nullable<Timestamp>,
        revoke_reason -> Nullable<Text>,
        rule -> Nullable<Text>,
        quantity -> Nullable<BigInt>,
    }
}

diesel::table! {
    tie_decisions (id) {
        id -> BigInt,
        group_id -> BigInt,
        kind -> Text,
        entry_order -> Text,
        reason -> Text,
        decided_by -> BigInt,
        decided_at -> Timestamp,
    }
}

diesel::table! {
    standings (id) {
        id -> BigInt,
        group_id -> BigInt,
        revision -> BigInt,
        rules_version -> BigInt,
        engine -> Text,
        document -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    scales (id) {
        id -> BigInt,
        group_id -> BigInt,
        closure -> BigInt,
        rules_version -> BigInt,
        revision -> BigInt,
        document -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    advancements (id) {
        id -> BigInt,
        round_id -> BigInt,
        group_id -> Nullable<BigInt>,
        number -> BigInt,
        revisions -> Text,
        rules_version -> BigInt,
        request -> Text,
        document -> Text,
        decided_by -> BigInt,
        decided_at -> Timestamp,
        superseded_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    advancement_outcomes (id) {
        id -> BigInt,
        advancement_id -> BigInt,
        round_entry_id -> BigInt,
        outcome -> Text,
        place -> Nullable<BigInt>,
        awards -> Text,
        reason -> Nullable<Text>,
        stream -> Nullable<Text>,
    }
}

diesel::table! {
    publications (id) {
        id -> BigInt,
        group_id -> BigInt,
        number -> BigInt,
        standings_revision -> BigInt,
        visible_at -> Timestamp,
        document -> Text,
        sha256 -> Text,
        rules_version -> BigInt,
        engine -> Text,
        note -> Nullable<Text>,
        created_by -> BigInt,
        created_at -> Timestamp,
        taken_back_at -> Nullable<Timestamp>,
        taken_back_reason -> Nullable<Text>,
        appeared_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    publication_entries (id) {
        id -> BigInt,
        publication_id -> BigInt,
        entry_id -> BigInt,
        document -> Text,
    }
}

diesel::table! {
    proposals (id) {
        id -> BigInt,
        public_id -> Text,
        competition_id -> BigInt,
        group_id -> Nullable<BigInt>,
        region_id -> Nullable<BigInt>,
        kind -> Text,
        subject -> Text,
        based_on -> Nullable<BigInt>,
        body -> Text,
        proposed_by -> BigInt,
        proposed_at -> Timestamp,
        settled_by -> Nullable<BigInt>,
        settled_at -> Nullable<Timestamp>,
        settled_as -> Nullable<Text>,
    }
}

diesel::table! {
    offers (id) {
        id -> BigInt,
        round_id -> BigInt,
        round_entry_id -> BigInt,
        stream -> Nullable<Text>,
        place -> Nullable<BigInt>,
        reserve -> Nullable<BigInt>,
        offered_by -> BigInt,
        offered_at -> Timestamp,
        deadline -> Timestamp,
        comes -> Nullable<Bool>,
        answered_as -> Nullable<Text>,
        answered_by -> Nullable<BigInt>,
        answered_at -> Nullable<Timestamp>,
        answer_reason -> Nullable<Text>,
        withdrawn_by -> Nullable<BigInt>,
        withdrawn_at -> Nullable<Timestamp>,
        withdrawal_reason -> Nullable<Text>,
        settled_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(sessions -> judge_links (judge_link_id));
diesel::joinable!(sessions -> tablets (tablet_id));
diesel::joinable!(judge_links -> users (user_id));
diesel::joinable!(judge_links -> competitions (competition_id));
diesel::joinable!(tablets -> competitions (competition_id));
diesel::joinable!(links -> users (user_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(second_factors -> users (user_id));
diesel::joinable!(sign_in_steps -> users (user_id));
diesel::joinable!(api_tokens -> users (user_id));
diesel::joinable!(api_tokens -> competitions (competition_id));
diesel::joinable!(idempotency_keys -> users (user_id));
diesel::joinable!(tracks -> competitions (competition_id));
diesel::joinable!(regions -> competitions (competition_id));
diesel::joinable!(members -> competitions (competition_id));
diesel::joinable!(members -> users (user_id));
diesel::joinable!(members -> regions (region_id));
diesel::joinable!(invitations -> competitions (competition_id));
diesel::joinable!(invitations -> regions (region_id));
diesel::joinable!(entries -> competitions (competition_id));
diesel::joinable!(entries -> users (owner_id));
diesel::joinable!(entries -> tracks (track_id));
diesel::joinable!(entries -> regions (region_id));
diesel::joinable!(team_members -> entries (entry_id));
diesel::joinable!(events -> competitions (competition_id));
diesel::joinable!(events -> users (actor_id));
diesel::joinable!(rounds -> competitions (competition_id));
diesel::joinable!(rules_versions -> rounds (round_id));
diesel::joinable!(rules_versions -> users (created_by));
diesel::joinable!(round_groups -> rounds (round_id));
diesel::joinable!(round_groups -> regions (region_id));
diesel::joinable!(round_entries -> rounds (round_id));
diesel::joinable!(round_entries -> round_groups (group_id));
diesel::joinable!(round_entries -> entries (entry_id));
diesel::joinable!(round_judges -> rounds (round_id));
diesel::joinable!(round_judges -> users (user_id));
diesel::joinable!(panels -> rounds (round_id));
diesel::joinable!(panels -> round_groups (group_id));
diesel::joinable!(panel_judges -> panels (panel_id));
diesel::joinable!(panel_judges -> round_judges (judge_id));
diesel::joinable!(assignments -> rounds (round_id));
diesel::joinable!(assignments -> round_groups (group_id));
diesel::joinable!(assignments -> round_entries (round_entry_id));
diesel::joinable!(assignments -> round_judges (judge_id));
diesel::joinable!(assignments -> panels (panel_id));
diesel::joinable!(ballots -> assignments (assignment_id));
diesel::joinable!(ballots -> round_groups (group_id));
diesel::joinable!(ballots -> users (typed_by));
diesel::joinable!(ballot_versions -> ballots (ballot_id));
diesel::joinable!(ballot_versions -> round_groups (group_id));
diesel::joinable!(adjustments -> round_groups (group_id));
diesel::joinable!(adjustments -> round_entries (round_entry_id));
diesel::joinable!(tie_decisions -> round_groups (group_id));
diesel::joinable!(tie_decisions -> users (decided_by));
diesel::joinable!(proposals -> users (proposed_by));
diesel::joinable!(standings -> round_groups (group_id));
diesel::joinable!(scales -> round_groups (group_id));
diesel::joinable!(advancements -> rounds (round_id));
diesel::joinable!(advancements -> round_groups (group_id));
diesel::joinable!(advancements -> users (decided_by));
diesel::joinable!(advancement_outcomes -> advancements (advancement_id));
diesel::joinable!(advancement_outcomes -> round_entries (round_entry_id));
diesel::joinable!(publications -> round_groups (group_id));
diesel::joinable!(publications -> users (created_by));
diesel::joinable!(publication_entries -> publications (publication_id));
diesel::joinable!(publication_entries -> entries (entry_id));
diesel::joinable!(offers -> rounds (round_id));
diesel::joinable!(offers -> round_entries (round_entry_id));
diesel::allow_tables_to_appear_in_same_query!(
    users,
    sessions,
    proposals,
    judge_links,
    tablets,
    links,
    refresh_tokens,
    second_factors,
    recovery_codes,
    sign_in_steps,
    api_tokens,
    signing_keys,
    setup_tokens,
    idempotency_keys,
    competitions,
    tracks,
    regions,
    members,
    invitations,
    entries,
    team_members,
    events,
    rounds,
    rules_versions,
    round_groups,
    round_entries,
    round_judges,
    panels,
    panel_judges,
    assignments,
    ballots,
    ballot_versions,
    adjustments,
    tie_decisions,
    standings,
    scales,
    advancements,
    advancement_outcomes,
    publications,
    publication_entries,
    offers,
);
