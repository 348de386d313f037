//! What is wrong with a platform shows in the verdict of the crate dcap-qvl.

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use dcap_qvl::collateral::{CollateralClient, TcbEvaluationDataSet};
use dcap_qvl::verify::QuoteVerifier;
use libtest_mimic::{Arguments, Failed, Trial};
use regex_lite::Regex;
use serde_json::{json, Value};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn setting(name: &str) -> String {
    let name = format!("VERIFIER_TEST_{name}");
    std::env::var(&name).unwrap_or_else(|_| panic!("{name} is not set: start with test/verifiers/run rust"))
}

/// A running simulator: what it answers, and what dcap-qvl says of its quotes.
#[derive(Clone)]
struct Simulated {
    url: String,
}

impl Simulated {
    async fn call(&self, method: &str, arguments: &Value) -> Result<Value> {
        let url = format!("{}/prpc/{method}", self.url);
        let request = reqwest::Client::new().post(url).header("content-type", "application/json");
        let answer = request.body(arguments.to_string()).send().await?.error_for_status()?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }

    async fn quote(&self) -> Result<Vec<u8>> {
        let answer = self.call("DstackGuest.GetQuote", &json!({"report_data": "1234"})).await?;
        let hex = answer["quote"].as_str().ok_or("no quote")?.as_bytes();
        hex.chunks(2).map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect()
    }

    async fn root(&self) -> Result<Vec<u8>> {
        let answer = reqwest::get(format!("{}/simulator/root-ca.der", self.url)).await?;
        Ok(answer.error_for_status()?.bytes().await?.to_vec())
    }

    /// The verdict on a quote with the collateral of that evaluation data set, in the form of
    /// scenarios.json.
    async fn verdict(&self, quote: &[u8], set: TcbEvaluationDataSet) -> Result<Value> {
        let client = CollateralClient::with_default_http(&self.url)?.with_evaluation_data_set(set);
        let collateral = client.fetch(quote).await?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        Ok(match QuoteVerifier::new(self.root().await?).verify(quote, &collateral, now) {
            Ok(report) => json!({"status": report.status, "advisories": report.advisory_ids}),
            Err(error) => json!({"refused": format!("{error:#}")}),
        })
    }
}

fn expect(said: &Value, expected: &Value) -> Result<()> {
    let agrees = match expected["refused"].as_str() {
        Some(reason) => said["refused"].as_str().is_some_and(|text| {
            Regex::new(reason).expect("a regular expression").is_match(text)
        }),
        None => said == expected,
    };
    if agrees { Ok(()) } else { Err(format!("it says {said}, not {expected}").into()) }
}

/// The verdict on a scenario while it is set, and after it.
async fn judge(changing: &Simulated, row: &Value, set: TcbEvaluationDataSet, expected: &Value) -> Result<()> {
    let before = changing.quote().await?;
    changing.call("Simulator.SetPlatform", &row["platform"]).await?;
    let quote = if row["quoted_before"] == true { before } else { changing.quote().await? };
    let said = changing.verdict(&quote, set).await;
    changing.call("Simulator.SetPlatform", &json!({})).await?;
    expect(&said?, expected)?;
    expect(&changing.verdict(&changing.quote().await?, set).await?, &json!({"status": "UpToDate", "advisories": []}))
}

fn trial(name: String, changing: &Simulated, row: &Value, set: TcbEvaluationDataSet, expected: &Value) -> Trial {
    let (changing, row, expected) = (changing.clone(), row.clone(), expected.clone());
    Trial::test(name, move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(judge(&changing, &row, set, &expected)).map_err(|error| Failed::from(error.to_string()))
    })
}

fn main() {
    let urls: Value = serde_json::from_str(&setting("URLS")).expect("the simulators");
    let changing = Simulated { url: urls["changing"].as_str().expect("a simulator").to_string() };
    let text = std::fs::read(format!("{}/scenarios.json", setting("TABLES"))).expect("the table");
    let rows: Vec<Value> = serde_json::from_slice(&text).expect("a table");
    let mut trials = Vec::new();
    for row in &rows {
        let name = row["name"].as_str().expect("a name");
        let standard = &row["dcap_qvl"];
        let early = row.get("dcap_qvl_early").unwrap_or(standard);
        for (of, set, expected) in [
            ("by default", TcbEvaluationDataSet::default(), standard),
            ("of the standard set by its number", TcbEvaluationDataSet::Number(17), standard),
            ("of the early set", TcbEvaluationDataSet::Early, early),
        ] {
            trials.push(trial(format!("{name}, {of}"), &changing, row, set, expected));
        }
    }
    // They all change the same simulator.
    libtest_mimic::run(&Arguments { test_threads: Some(1), ..Arguments::from_args() }, trials).exit();
}
