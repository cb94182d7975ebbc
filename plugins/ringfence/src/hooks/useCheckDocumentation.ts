import { useCallback } from 'react';
import { configApiRef, useApi } from '@backstage/frontend-plugin-api';

/** Where the page on all checks is published, if the portal says so. */
const CONFIG_KEY = 'ringfence.documentation.checks';

/**
 * Makes the address of a check's description from its id; undefined where the
 * portal does not say where the descriptions are.
 */
export function useCheckDocumentation(): (check: string) => string | undefined {
  const page = useApi(configApiRef).getOptionalString(CONFIG_KEY);
  return useCallback(
    check =>
      // Headings are made into anchors by leaving dots out, by MkDocs and GitHub alike.
      page && `${page}#${check.toLocaleLowerCase('en-US').replace(/\./g, '')}`,
    [page],
  );
}
