// Small states for Alpine (the build that evaluates nothing): x-data="toggle", x-show="open", @click="flip".
export const states = {
  toggle: () => ({
    open: false,
    flip() { this.open = !this.open; },
    close() { this.open = false; },
  }),
  copy: () => ({
    done: false,
    async copy() {
      await navigator.clipboard.writeText(this.$el.dataset.copy);
      this.done = true;
      setTimeout(() => { this.done = false; }, 2000);
    },
  }),
};
