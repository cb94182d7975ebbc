import { XMLBuilder } from 'fast-xml-parser';

/** A Java object, as Spring makes it. */
export interface Bean {
  readonly class: string;
  readonly properties: Readonly<Record<string, Property>>;
}

/** What a property of a bean is set to. */
export type Property =
  | string
  | number
  | boolean
  | Bean
  | { readonly list: readonly (string | Bean)[] };

const NAMESPACE = 'http://www.springframework.org/schema/beans';

/** Its attributes begin so. */
const ATTRIBUTE = '@';

/** A Spring configuration with one bean. Every value is escaped by the library that writes it. */
export function springXml(bean: Bean): string {
  const builder = new XMLBuilder({
    format: true,
    ignoreAttributes: false,
    attributeNamePrefix: ATTRIBUTE,
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
  });
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    beans: {
      '@xmlns': NAMESPACE,
      '@xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      '@xsi:schemaLocation': `${NAMESPACE} ${NAMESPACE}/spring-beans.xsd`,
      bean: toNode(bean),
    },
  });
}

function toNode({ class: type, properties }: Bean): object {
  return {
    '@class': type,
    property: Object.entries(properties).map(([name, value]) => ({
      '@name': name,
      ...toValue(value),
    })),
  };
}

function toValue(value: Property): object {
  if (typeof value !== 'object') return { '@value': String(value) };
  if ('class' in value) return { bean: toNode(value) };
  const beans = value.list.filter(item => typeof item !== 'string');
  const texts = value.list.filter(item => typeof item === 'string');
  return {
    list: {
      ...(beans.length > 0 && { bean: beans.map(toNode) }),
      ...(texts.length > 0 && { value: texts }),
    },
  };
}
