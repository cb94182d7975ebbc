/** Key of the ConfigMap with what is laid over the image's own `cassandra.yaml`. */
export const SETTINGS_FILE = 'cassandra.yaml';
/** Key of the ConfigMap that takes the place of the image's own file. */
const LOGGING_FILE = 'logback.xml';

/** Where Cassandra reads its configuration, and the image's start-up script writes it. */
export const CONFIG_FOLDER = '/etc/cassandra';
/** Where the init container writes what becomes {@link CONFIG_FOLDER}. */
export const WORK_FOLDER = '/work';

/**
 * Laid over the image's own file: what is not here stays as the image of that
 * version has it. Name, addresses, seeds and snitch are set by the image's
 * start-up script, from the container's environment.
 */
const SETTINGS = `authenticator: PasswordAuthenticator
authorizer: CassandraAuthorizer
role_manager: CassandraRoleManager
`;

/** To the container's output alone: files would fill a volume that nobody reads. */
const LOGGING = `<configuration>
  <appender name="STDOUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder>
      <pattern>%-5level [%thread] %date{ISO8601} %F:%L - %msg%n</pattern>
    </encoder>
  </appender>
  <root level="INFO">
    <appender-ref ref="STDOUT" />
  </root>
</configuration>
`;

/** The files of the settings, by name. */
export const settingsFiles = {
  [SETTINGS_FILE]: SETTINGS,
  [LOGGING_FILE]: LOGGING,
} as const;

/**
 * Leaves out of the second file the keys that the first one has, with all that
 * is beneath them: some lines of Cassandra write `authenticator` over several
 * lines, and a key that is there twice is refused.
 */
const WITHOUT_OWN_KEYS = [
  'NR == FNR { if (match($0, /^[a-z_]+:/)) own[substr($0, 1, RLENGTH)]; next }',
  'match($0, /^[a-z_]+:/) { left_out = substr($0, 1, RLENGTH) in own }',
  '!left_out',
].join(' ');

/** Writes the configuration: the image's, ours laid over it. */
export const settingsScript = [
  `cp -r ${CONFIG_FOLDER}/. ${WORK_FOLDER}/`,
  `cp /settings/${LOGGING_FILE} ${WORK_FOLDER}/`,
  `awk '${WITHOUT_OWN_KEYS}' /settings/${SETTINGS_FILE} ${CONFIG_FOLDER}/${SETTINGS_FILE} > ${WORK_FOLDER}/${SETTINGS_FILE}`,
  `cat /settings/${SETTINGS_FILE} >> ${WORK_FOLDER}/${SETTINGS_FILE}`,
];
