// Runs the statements of a file, one a line, over the connection of the bundle's example.
//
// `REPEAT file statement` runs one until that file is there, and says how each went.

#[allow(dead_code)]
#[path = "../src/main.rs"]
mod example;

use std::{env, error::Error, fs, path::Path, time::Duration};

use scylla::client::session::Session;

async fn repeat(session: &Session, stop: &str, statement: &str) {
    while !Path::new(stop).exists() {
        match session.query_unpaged(statement, &[]).await {
            Ok(_) => println!("ok"),
            Err(error) => println!("failed {error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let session = example::connect(&env::var("CASSANDRA_PASSWORD")?).await?;
    let statements = fs::read_to_string(env::var("STATEMENTS")?)?;
    let mut result = None;
    for line in statements.lines() {
        let words: Vec<_> = line.splitn(3, ' ').collect();
        if words[0] == "REPEAT" {
            repeat(&session, words[1], words[2]).await;
        } else {
            result = Some(session.query_unpaged(line, &[]).await?);
        }
    }
    if let Some(result) = result {
        let rows = result.into_rows_result()?;
        println!("{}", rows.single_row::<(String,)>()?.0);
    }
    Ok(())
}
