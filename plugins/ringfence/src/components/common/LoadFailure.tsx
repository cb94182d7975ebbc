import { Text } from '@backstage/ui';
import { RiErrorWarningLine, RiLock2Line } from '@remixicon/react';
import { failureKind, failureMessage } from '../../errors';
import { Problem } from './Problem';

/** What stands in the place of a page that could not be loaded: denied, or failed and worth another try. */
export const LoadFailure = (props: {
  readonly error: Error;
  readonly onRetry: () => void;
  readonly denied: { readonly title: string; readonly text: string };
  readonly failedTitle: string;
}) => {
  const { error, onRetry, denied, failedTitle } = props;
  if (failureKind(error) === 'denied') {
    return (
      <Problem icon={<RiLock2Line aria-hidden />} title={denied.title}>
        <Text as="p">{denied.text}</Text>
      </Problem>
    );
  }
  return (
    <Problem
      icon={<RiErrorWarningLine aria-hidden />}
      title={failedTitle}
      onRetry={onRetry}
      role="alert"
    >
      <Text as="p">{failureMessage(error)}</Text>
    </Problem>
  );
};
