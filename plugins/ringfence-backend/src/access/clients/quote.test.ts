import { execFileSync } from 'node:child_process';
import {
  commentText,
  iniValue,
  markdownCode,
  plainWord,
  rustLiteral,
  shellWord,
  stringLiteral,
} from './quote';

const HOSTILE = [
  `it's "quoted"`,
  '$(touch /tmp/x) `touch /tmp/x` ${HOME}',
  'back\\slash\\n',
  'new\nline\ttab',
  '"; import os; os.exit() #',
  'ünïcode ☃ 𝄞',
  '{{ template }} %s %(x)s',
];

it.each(HOSTILE)('makes one shell word of %j', text => {
  expect(
    execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], {
      encoding: 'utf8',
    }),
  ).toBe(text);
});

it.each(HOSTILE)('makes one JavaScript string of %j', text => {
  const program = `process.stdout.write(${stringLiteral(text)})`;
  expect(
    execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }),
  ).toBe(text);
});

it.each(HOSTILE)('makes one Python string of %j', text => {
  const program = `import sys; sys.stdout.buffer.write(${stringLiteral(
    text,
  )}.encode())`;
  try {
    expect(execFileSync('python3', ['-c', program], { encoding: 'utf8' })).toBe(
      text,
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
});

it.each(['203.0.113.11', 'orders.example.com', 'fd00::1'])(
  'takes %s as an INI value',
  text => {
    expect(iniValue(text)).toBe(text);
  },
);

it.each(['a\nssl = false', 'a b', 'a;b', 'a#b', '%(x)s', ''])(
  'refuses %j as an INI value',
  text => {
    expect(() => iniValue(text)).toThrow(
      'cannot be written as a value of an INI file',
    );
  },
);

it('keeps a comment on its line', () => {
  expect(commentText('a\nimport os\r\nb\u2028c')).toBe('a import os b c');
});

it('keeps Markdown code in its quotes', () => {
  expect(markdownCode('a`](http://x)\nb')).toBe('`a](http://x) b`');
});

it('writes control characters by number, as Rust does', () => {
  expect(rustLiteral('say "a\\b"\n\u0000ü')).toBe(
    '"say \\"a\\\\b\\"\\u{a}\\u{0}ü"',
  );
});

it.each(['203.0.113.11:9041', '[fd00::1]:9041', 'orders.example.com'])(
  'takes %s as a word of a proxy',
  text => {
    expect(plainWord(text)).toBe(text);
  },
);

it.each(['a b', 'a,b', 'a)', "a'b", 'a\nb', '#a', '${HOME}', '%[src]', ''])(
  'refuses %j as a word of a proxy',
  text => {
    expect(() => plainWord(text)).toThrow(
      'cannot be written into the configuration of a proxy',
    );
  },
);
