export { cassandraHere } from './cassandraHere';
