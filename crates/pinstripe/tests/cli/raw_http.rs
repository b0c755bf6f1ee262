//! HTTP without the program's own client: what the server really sends, asked over a plain socket.

use std::io::{Read, Write};
use std::net::TcpStream;

use pinstripe_sandbox::Sandbox;
use serde_json::Value;

pub struct Api {
    address: String,
    key: String,
}

impl Api {
    pub fn of(sandbox: &Sandbox) -> Api {
        let address = sandbox.url().trim_start_matches("http://").to_owned();
        Api { address, key: sandbox.secret_key().to_owned() }
    }

    fn send(&self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.key,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{method} {path}: {answer}");
        serde_json::from_str(body).unwrap()
    }

    pub fn get(&self, path: &str) -> Value {
        self.send("GET", path, "")
    }

    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
        self.send("POST", path, &pairs.join("&"))
    }

    pub fn delete(&self, path: &str) -> Value {
        self.send("DELETE", path, "")
    }

    /// All objects of a list, page by page; lists inside them as they come.
    pub fn all(&self, path: &str) -> Vec<Value> {
        let join = if path.contains('?') { '&' } else { '?' };
        let mut found: Vec<Value> = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}{join}limit=100{cursor}"));
            found.extend(page["data"].as_array().unwrap().iter().cloned());
            if page["has_more"] == false {
                return found;
            }
            cursor = format!("&starting_after={}", found.last().unwrap()["id"].as_str().unwrap());
        }
    }

    /// Replaces lists that were cut inside an object by the whole lists. Gives how many were cut.
    pub fn complete(&self, value: &mut Value) -> usize {
        if value["object"] == "list" && value["has_more"] == true {
            let url = value["url"].as_str().unwrap().to_owned();
            value["data"] = Value::Array(self.all(&url));
            value["has_more"] = Value::Bool(false);
            return 1;
        }
        match value {
            Value::Array(items) => items.iter_mut().map(|item| self.complete(item)).sum(),
            Value::Object(members) => members.values_mut().map(|member| self.complete(member)).sum(),
            _ => 0,
        }
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
