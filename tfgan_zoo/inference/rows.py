"""What is told of a picture's rows while they are worked on: each once, however the work goes."""


class Counted:
    """Tells of no row twice, however often the work begins anew."""

    def __init__(self, progress):
        self.progress, self.told = progress, 0

    def anew(self):
        done = 0

        def finished(rows):
            nonlocal done
            done += rows
            if done > self.told:
                self.progress(done - self.told)
                self.told = done

        return finished


class Shared:
    """Tells of whole rows while each restorer makes a share of them."""

    def __init__(self, progress, each):
        self.progress, self.each, self.done, self.told = progress, each, 0.0, 0

    def of(self, picture):
        def made(rows):
            self.done += self.each * rows / picture.height
            whole = int(self.done + 1e-6)
            self.progress(whole - self.told)
            self.told = whole

        return made
