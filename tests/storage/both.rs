//! What holds on both databases.

use diesel::connection::SimpleConnection;
use diesel::{ExpressionMethods, RunQueryDsl};
use palmares::app::{App, Effect, NotOpened, Options};
use palmares::domain::ids::{CompetitionId, GroupId, RoundId};
use palmares::error::Error;
use palmares::store::conflict::{on_check, on_foreign_key, on_unique};
use palmares::store::migrate::NewerDatabase;
use palmares::store::outbox;
use palmares::store::schema::{self, versions};
use palmares::store::versions::bump;

use super::{add, rows, told};

both_databases! {
    async fn a_failing_use_case_leaves_nothing(db) {
        let app = db.open();
        let failed = app.write(|tx| {
            add(tx, "gone")?;
            Err::<(), _>(Error::conflict("not_now"))
        }).await;
        assert!(matches!(failed, Err(Error::Conflict(c)) if c.code == "not_now"));
        app.write(|tx| add(tx, "kept")).await.unwrap();
        assert_eq!(rows(&mut db.connect()), ["kept"]);
    }

    async fn a_panic_leaves_nothing_and_hurts_nobody(db) {
        let app = db.open();
        let panicked = app.write(|tx| {
            add(tx, "gone")?;
            tx.nested(|tx| -> palmares::error::Result<()> {
                add(tx, "gone too")?;
                panic!("on purpose");
            })
        }).await;
        assert!(matches!(panicked, Err(Error::Internal(_))));
        app.write(|tx| add(tx, "kept")).await.unwrap();
        assert_eq!(rows(&mut db.connect()), ["kept"]);
    }

    async fn a_nested_part_fails_by_itself(db) {
        let app = db.open();
        let mut heard = app.effects();
        app.write(|tx| {
            add(tx, "before")?;
            let part = tx.nested(|tx| {
                add(tx, "gone")?;
                tx.after(Effect::RoundChanged(RoundId(1)));
                Err::<(), _>(Error::NotFound("entry"))
            });
            assert!(part.is_err());
            tx.nested(|tx| {
                tx.after(Effect::RoundChanged(RoundId(2)));
                add(tx, "kept")
            })?;
            tx.after(Effect::RoundChanged(RoundId(3)));
            add(tx, "after")
        }).await.unwrap();
        assert_eq!(rows(&mut db.connect()), ["after", "before", "kept"]);
        assert_eq!(told(&mut heard), [Effect::RoundChanged(RoundId(2)), Effect::RoundChanged(RoundId(3))]);
    }

    async fn effects_follow_the_commit_and_only_it(db) {
        let app = db.open();
        let mut heard = app.effects();
        let failed = app.write(|tx| {
            tx.after(Effect::GroupChanged(GroupId(1)));
            Err::<(), _>(Error::NotFound("group"))
        }).await;
        assert!(failed.is_err());
        app.write(|tx| {
            tx.announce(Effect::Published(CompetitionId(7)))?;
            add(tx, "kept")
        }).await.unwrap();
        assert_eq!(heard.recv().await.unwrap(), Effect::Published(CompetitionId(7)));
        assert_eq!(rows(&mut db.connect()), ["kept"]);
    }

    async fn a_read_writes_nothing_and_sees_one_state(db) {
        let app = db.open();
        assert!(app.read(|tx| add(tx, "never")).await.is_err());

        let (started, has_started) = std::sync::mpsc::channel();
        let (resume, resumed) = std::sync::mpsc::channel();
        let resumed = std::sync::Mutex::new(resumed);
        let reader = app.clone();
        let reading = actix_web::rt::spawn(async move {
            reader.read(move |tx| {
                let before = rows(tx.conn);
                started.send(()).unwrap();
                resumed.lock().unwrap().recv().unwrap();
                Ok((before, rows(tx.conn)))
            }).await
        });
        actix_web::rt::task::spawn_blocking(move || has_started.recv().unwrap()).await.unwrap();
        app.write(|tx| add(tx, "new")).await.unwrap();
        resume.send(()).unwrap();
        let (before, after) = reading.await.unwrap().unwrap();
        assert_eq!(before, after);
        assert_eq!(app.read(|tx| Ok(rows(tx.conn))).await.unwrap(), ["new"]);
    }

    async fn time_is_sampled_once(db) {
        let app = db.open();
        let clock = db.clock.clone();
        let before = clock.now();
        let seen = app.write(move |tx| {
            clock.advance(60);
            Ok(tx.now)
        }).await.unwrap();
        assert_eq!((seen, app.now()), (before, before.plus_seconds(60)));
    }

    async fn a_newer_database_is_refused(db) {
        db.connect()
            .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")
            .unwrap();
        let Err(Error::Internal(cause)) = App::open(db.options()) else {
            panic!("it was opened");
        };
        assert_eq!(cause.downcast_ref::<NewerDatabase>().unwrap().migration, "9999");
    }

    async fn a_closed_application_answers_what_it_took_and_refuses_the_rest(db) {
        let app = db.open();
        let writer = app.clone();
        let (started, has_started) = std::sync::mpsc::channel();
        let under_way = actix_web::rt::spawn(async move {
            writer.write(move |tx| {
                started.send(()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(200));
                add(tx, "kept")
            }).await
        });
        actix_web::rt::task::spawn_blocking(move || has_started.recv().unwrap()).await.unwrap();
        app.close().await;
        under_way.await.unwrap().unwrap();
        assert_eq!(rows(&mut db.connect()), ["kept"]);
        assert!(matches!(app.write(|tx| add(tx, "late")).await, Err(Error::Busy { .. })));
        assert!(matches!(app.read(|tx| Ok(rows(tx.conn))).await, Err(Error::Busy { .. })));
        db.open().write_blocking(|tx| add(tx, "opened again")).unwrap();
    }

    async fn a_broken_constraint_is_named(db) {
        let app = db.open();
        let taken = |error: Error| matches!(error, Error::Invalid(e) if e.0[0].code == "topic_taken");
        let twice = |tx: &mut palmares::app::Tx<'_>| {
            for _ in 0..2 {
                diesel::insert_into(versions::table)
                    .values((versions::topic.eq("round:1"), versions::version.eq(1)))
                    .execute(tx.conn)
                    .map_err(|e| on_unique(e, "versions", &["topic"], || Error::invalid("/topic", "topic_taken")))?;
            }
            Ok(())
        };
        assert!(taken(app.write(twice).await.unwrap_err()));

        let unknown_state = app.write(|tx| {
            add(tx, "x")?;
            diesel::update(schema::outbox::table)
                .set(schema::outbox::state.eq("lost"))
                .execute(tx.conn)
                .map_err(|e| on_check(e, "outbox_state", || Error::conflict("unknown_state")))?;
            Ok(())
        }).await;
        assert!(matches!(unknown_state, Err(Error::Conflict(c)) if c.code == "unknown_state"));

        let nobody = app.write(|tx| {
            diesel::sql_query("INSERT INTO entries_of_nobody VALUES (1)").execute(tx.conn)?;
            Ok(())
        }).await;
        assert!(matches!(nobody, Err(Error::Internal(_))), "a failure without a meaning is ours");

        let orphan = app.write(|tx| {
            tx.conn.batch_execute(
                "CREATE TABLE parents (id BIGINT PRIMARY KEY);
                 CREATE TABLE children (parent_id BIGINT REFERENCES parents (id));"
            )?;
            diesel::sql_query("INSERT INTO children VALUES (1)")
                .execute(tx.conn)
                .map_err(|e| on_foreign_key(e, || Error::NotFound("parent")))?;
            Ok(())
        }).await;
        assert!(matches!(orphan, Err(Error::NotFound("parent"))));
    }

    async fn a_message_is_claimed_once_and_comes_back_when_it_fails(db) {
        let app = db.open();
        app.write(|tx| add(tx, "mail")).await.unwrap();
        let claim = || app.write(|tx| Ok(outbox::claim_due(tx.conn, tx.now, 10)?));
        let first = claim().await.unwrap();
        assert_eq!((first.len(), first[0].attempt), (1, 1));
        assert!(claim().await.unwrap().is_empty(), "someone delivers it now");

        let failed = first[0].clone();
        app.write(move |tx| Ok(outbox::mark_failed(tx.conn, &failed, "no route", tx.now)?)).await.unwrap();
        db.clock.advance(29);
        assert!(claim().await.unwrap().is_empty());
        db.clock.advance(1);
        let second = claim().await.unwrap();
        assert_eq!(second[0].attempt, 2);

        db.clock.advance(3600);
        let third = claim().await.unwrap();
        assert_eq!(third[0].attempt, 3, "whoever claimed it is gone");
        let id = third[0].id;
        app.write(move |tx| Ok(outbox::mark_delivered(tx.conn, id)?)).await.unwrap();
        db.clock.advance(3600);
        assert!(claim().await.unwrap().is_empty());
    }

    async fn a_topic_counts_up(db) {
        let conn = &mut db.connect();
        for topic in ["round:1", "round:1", "round:2"] {
            bump(conn, topic).unwrap();
        }
        let mut all = palmares::store::versions::all(conn).unwrap();
        all.sort();
        assert_eq!(all, [("round:1".to_owned(), 2), ("round:2".to_owned(), 1)]);
    }
}

#[test]
fn an_unknown_scheme_is_an_error_and_no_file() {
    for url in ["mysql://localhost/palmares", "palmares.db", ""] {
        assert!(matches!(Options::new(url), Err(Error::Internal(_))), "{url}");
    }
    assert!(!std::path::Path::new("palmares.db").exists());
}

#[test]
fn a_file_has_one_server_and_commands_work_beside_it() {
    let db = crate::support::empty_sqlite();
    let server = db.open();
    let Err(Error::Internal(cause)) = App::open(db.options()) else {
        panic!("a second server");
    };
    assert!(matches!(cause.downcast_ref(), Some(NotOpened::InUse(_))));

    let command = App::open(db.options().for_command()).unwrap();
    command.write_blocking(|tx| add(tx, "by a command")).unwrap();
    assert_eq!(
        server.read_blocking(|tx| Ok(rows(tx.conn))).unwrap(),
        ["by a command"]
    );
}
