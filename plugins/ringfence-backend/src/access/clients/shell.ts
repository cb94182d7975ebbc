import { PASSWORD_VARIABLE } from './Client';

/**
 * Shell lines that put the login into cqlsh's arguments. The password goes
 * through a file that only its owner can read, never onto a command line,
 * which every user of the machine can list. They need `$work`, a folder of
 * their own, and `$username`.
 */
export const CREDENTIALS_OF_CQLSH = `if [ -n "\${${PASSWORD_VARIABLE}:-}" ]; then
  (umask 077 && printf '[plain_text_auth]\\nusername = %s\\npassword = %s\\n' \\
    "$username" "$${PASSWORD_VARIABLE}" >"$work/credentials")
  set -- --credentials="$work/credentials" "$@"
else
  set -- --username="$username" "$@"
fi`;
