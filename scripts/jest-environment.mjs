// Where specs run: jest's own environment for node, with a global object like any other.
// Jest's is an object that each look at a global (Math, Number, Map) is asked of in JavaScript: a spec that computes takes twice the time.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

export default class extends TestEnvironment {
  constructor(...given) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
  }
}
