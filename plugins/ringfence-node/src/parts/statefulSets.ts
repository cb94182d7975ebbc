import type { ObservationRecipe } from '../blueprint';

type Recipe = Pick<
  ObservationRecipe,
  'statefulSet' | 'statefulSets' | 'replicas'
>;

/** The StatefulSets of a database's nodes in its Kubernetes cluster, each with how many pods it is to have. */
export function statefulSetsOf(
  recipe: Recipe,
): NonNullable<ObservationRecipe['statefulSets']> {
  const { statefulSets, statefulSet: name, replicas } = recipe;
  return statefulSets ?? [{ name, replicas }];
}

/** How many pods a database is to have in its Kubernetes cluster. */
export function podsWanted(recipe: Recipe): number {
  return statefulSetsOf(recipe).reduce(
    (sum, { replicas }) => sum + replicas,
    0,
  );
}
