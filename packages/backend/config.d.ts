export interface Config {
  auth?: {
    providers?: {
      /** Signs in without a password. Works in development alone. */
      demo?: {
        /**
         * Names of the catalog's users to sign in as, the default one first.
         * @visibility backend
         */
        users: string[];
      };
    };
  };
}
