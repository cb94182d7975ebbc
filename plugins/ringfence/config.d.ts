export interface Config {
  ringfence?: {
    documentation?: {
      /**
       * URL of the published page on all checks (`docs/checks.md`): each check
       * then links to its part of it.
       * @visibility frontend
       */
      checks?: string;
    };
  };
}
