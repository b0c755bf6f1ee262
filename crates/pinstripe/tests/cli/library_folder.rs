//! Library folders that cannot be used: said at once, before the first request.

use super::harness::{Cli, assert_says, config, sandbox};

#[test]
fn a_library_that_is_a_file_is_refused() {
    let sandbox = sandbox(config(1));
    let cli = Cli::new(&sandbox);
    std::fs::write(&cli.library, "precious").unwrap();
    let mut said = String::new();
    for command in [&["import", "charges"][..], &["frames"], &["sql", "select 1"]] {
        said.push_str(&cli.run(command).failed(1));
        said.push('\n');
    }
    assert_eq!(sandbox.requests(), []);
    assert_eq!(std::fs::read_to_string(&cli.library).unwrap(), "precious");
    assert_says!(cli, said, @r"
    error: the library folder [folder]/library cannot be used: it is a file, expected a folder

    hint: name another folder with --library or PINSTRIPE_LIBRARY

    error: the library folder [folder]/library cannot be used: it is a file, expected a folder

    hint: name another folder with --library or PINSTRIPE_LIBRARY

    error: the library folder [folder]/library cannot be used: it is a file, expected a folder

    hint: name another folder with --library or PINSTRIPE_LIBRARY
    ");
}

#[test]
fn a_library_below_a_file_is_refused() {
    let sandbox = sandbox(config(1));
    let mut cli = Cli::new(&sandbox);
    let file = cli.folder().join("file");
    std::fs::write(&file, "precious").unwrap();
    cli.library = file.join("library");
    let said = cli.run(&["import", "charges"]).failed(1);
    assert_eq!(sandbox.requests(), []);
    assert_says!(cli, said, @r"
    error: the library folder [folder]/file/library cannot be used: a file is in the way
    caused by: Not a directory (os error [number])

    hint: name another folder with --library or PINSTRIPE_LIBRARY
    ");
}

#[test]
fn a_folder_in_the_way_of_the_database_is_refused() {
    let sandbox = sandbox(config(1));
    let cli = Cli::new(&sandbox);
    std::fs::create_dir_all(cli.library.join("library.sqlite3")).unwrap();
    let said = cli.run(&["import", "charges"]).failed(1);
    assert_eq!(sandbox.requests(), []);
    assert_says!(cli, said, @"
    error: cannot open the definitions in the library's database
    caused by: unable to open database file: [folder]/library/library.sqlite3
    caused by: Error code 14: unable to open database file

    hint: check the rights and the room of the library folder, or name another one with --library
    ");
}

#[test]
fn a_database_that_is_rubbish_is_refused_and_left_as_it_is() {
    let sandbox = sandbox(config(1));
    let cli = Cli::new(&sandbox);
    std::fs::create_dir_all(&cli.library).unwrap();
    let rubbish = "this is no database ".repeat(1_000);
    std::fs::write(cli.library.join("library.sqlite3"), &rubbish).unwrap();
    let said = cli.run(&["import", "charges"]).failed(1);
    assert_eq!(sandbox.requests(), []);
    assert_eq!(std::fs::read_to_string(cli.library.join("library.sqlite3")).unwrap(), rubbish);
    assert_says!(cli, said, @"
    error: cannot read the definitions in the library's database
    caused by: file is not a database
    caused by: Error code 26: file is not a database

    hint: check the rights and the room of the library folder, or name another one with --library
    ");
}

#[test]
fn the_flag_goes_before_the_environment_and_may_stand_anywhere() {
    let sandbox = sandbox(config(1));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges", "--library", "other"]);
    assert!(!cli.library.exists());
    assert_eq!(cli.json(&["--library", "other", "frames"]).as_array().unwrap().len(), 1);
    assert_eq!(cli.json(&["frames"]).as_array().unwrap().len(), 0);
}

#[test]
fn a_frame_whose_files_were_taken_away_is_an_error_and_no_empty_table() {
    let sandbox = sandbox(config(1));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges"]);
    std::fs::remove_dir_all(cli.library.join("frames")).unwrap();
    for command in
        [&["show", "charges"][..], &["sql", "select * from charges"], &["export", "charges", "--to", "x.csv"]]
    {
        let said = cli.run(command).failed(1);
        assert!(said.contains("charges"), "{command:?}: {said}");
    }
    assert!(!cli.folder().join("x.csv").exists());
}

/// What is imported is customers' data: other users of the machine have no business there.
#[cfg(unix)]
#[test]
fn a_library_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = sandbox(config(3));
    let cli = Cli::new(&sandbox);
    cli.json(&["import", "charges"]);
    for folder in ["", "frames", "staging"] {
        let mode = cli.library.join(folder).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{folder}");
    }
}
