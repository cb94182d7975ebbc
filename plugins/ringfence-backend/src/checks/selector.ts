import { matches, type Labels } from './objects';
import { allOf, is, type Verdict } from './verdict';

/** A selector of labels. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: ReadonlyArray<{
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }>;
}

/**
 * Whether a selector takes in something with these labels; an empty one takes
 * in everything.
 *
 * @param labels - undefined where they are not known
 */
export function selects(
  selector: LabelSelector,
  labels: Labels | undefined,
): Verdict {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const isEmpty =
    Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
  if (isEmpty) return 'yes';
  if (!labels) return 'unknown';
  return allOf([
    is(matches(labels, matchLabels)),
    ...matchExpressions.map(expression => holds(expression, labels)),
  ]);
}

function holds(
  expression: NonNullable<LabelSelector['matchExpressions']>[number],
  labels: Labels,
): Verdict {
  const { key, operator, values = [] } = expression;
  const value: string | undefined = labels[key];
  switch (operator) {
    case 'In':
      return is(value !== undefined && values.includes(value));
    case 'NotIn':
      return is(value === undefined || !values.includes(value));
    case 'Exists':
      return is(value !== undefined);
    case 'DoesNotExist':
      return is(value === undefined);
    default:
      return 'unknown';
  }
}
