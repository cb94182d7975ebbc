// Runs the statements of a file, one a line, over the connection of the bundle's example.

#[allow(dead_code)]
#[path = "../src/main.rs"]
mod example;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let session = example::connect(&std::env::var("CASSANDRA_PASSWORD")?).await?;
    let statements = std::fs::read_to_string(std::env::var("STATEMENTS")?)?;
    let mut result = None;
    for statement in statements.lines() {
        result = Some(session.query_unpaged(statement, &[]).await?);
    }
    let rows = result.ok_or("no statement")?.into_rows_result()?;
    println!("{}", rows.single_row::<(String,)>()?.0);
    Ok(())
}
