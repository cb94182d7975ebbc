declare module 'sha512crypt-node' {
  /** SHA-512 crypt. @param salt - `$6$` and up to 16 characters */
  export function sha512crypt(password: string, salt: string): string;
}
